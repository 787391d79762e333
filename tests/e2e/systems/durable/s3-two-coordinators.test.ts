// Spec: one of two platforms coordinates a run; the other takes over when it is silent.
import { mapConcurrently } from '../../../../helpers/in-parallel';
import { reservePair, RestartablePlatform } from '../../support/commands/restartable-platform';
import { logToEnd, predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { sortedAscending } from '../../../../helpers/scenario/intervals';
import { until, type Condition } from '../../../../helpers/scenario/polling';
import { taskName } from '../../../../helpers/scenario/resources/child-executions';
import { createScratchDatabase, type ScratchDatabase } from '../../support/scratch-database';
import { createScriptAction } from '../../../../helpers/scenario/resources/script-action';
import { createWorkflow, onSuccess } from '../../../../helpers/scenario/resources/workflow-task';
import { systemTestNeeding } from '../../support/system-test';

const test = systemTestNeeding('host.processes', 'sql');

const LIMIT_SECONDS = 90;
/** When an attempt whose lease is lost would end by itself. */
const LATE_SECONDS = 60;
const ROUNDS = 20;
const STEP = ['STEP_STARTED', 'AGENT_INVOKED', 'AGENT_RESPONSE', 'STEP_COMPLETED'];
const write = (file: string, word: string) => `echo ${word} >> "$ATTUNE_ARTIFACTS_DIR/${file}"`;
const holdUntil = (file: string) => `until [ -e "$ATTUNE_ARTIFACTS_DIR/${file}" ]; do sleep 0.05; done`;

async function startFirst(ctx: Context, settings: Record<string, string>) {
  await reservePair(ctx);
  const database = await createScratchDatabase(ctx);
  return { database, first: await RestartablePlatform.start(ctx, { DATABASE_URL: database.url, ...settings }) };
}

/** A step of a workflow: its script, and the steps that follow. */
type Steps = Record<string, { readonly script: string; readonly next?: readonly string[] }>;

/** Creates a workflow of these steps. Returns its ref. */
async function createSteps(ctx: Context, { client }: RestartablePlatform, steps: Steps): Promise<string> {
  const { ref: pack } = await client.packs.create({ ref: ctx.name('pack'), label: 'steps', version: '1.0.0' });
  const tasks = await mapConcurrently(Object.entries(steps), 4, async ([name, { script, next = [] }]) => ({
    name,
    action: await createScriptAction({ client, name: ctx.name }, pack, script),
    next: next.length === 0 ? [] : [onSuccess(...next)],
  }));
  return (await createWorkflow(client, pack, tasks)).ref;
}

/** Of these runs, those that a platform found coordinated by another one. */
const foundHeld = (platform: RestartablePlatform, runs: readonly { readonly id: number }[]): number[] => {
  const held = new Set(platform.linesWith('LEASE_HELD').map(({ execution }) => execution));
  return runs.map(({ id }) => id).filter((id) => held.has(id));
};

/** Its lines of such runs that do not name the other platform, or until when it coordinates. */
const wrongLines = (platform: RestartablePlatform, { instance }: RestartablePlatform) =>
  platform
    .linesWith('LEASE_HELD')
    .filter(({ owner, leasedUntil }) => owner !== instance || !(Date.parse(String(leasedUntil)) > 0));

test('S3-11 one of two platforms coordinates a run, which the other finds held', LIMIT_SECONDS / 2, async (ctx) => {
  const settings = {
    PLATFORM_LOG_LEVEL: 'debug',
    PLATFORM_LEASE_SECONDS: '30',
    PLATFORM_WORKER_SLOTS: String(ROUNDS),
  };
  const { first } = await startFirst(ctx, settings);
  const second = await first.startBeside();
  const { client } = first;
  const run = write('runs', '$ATTUNE_EXEC_ID');
  const steps = { one: { script: run, next: ['two'] }, two: { script: [run, holdUntil('end')].join('\n') } };
  const action_ref = await createSteps(ctx, first, steps);

  const runs = await Promise.all(Array.from({ length: ROUNDS }, () => client.executions.execute({ action_ref })));
  const ids = sortedAscending(runs.map(({ id }) => id));
  const losers = () => [first, second].flatMap((platform) => foundHeld(platform, runs));
  await until(
    predicateToHold('each run to be found held', () => losers().length >= ROUNDS),
    ctx.deadline,
  );
  for (const platform of [first, second]) platform.writeFile('end');

  const logs = await mapConcurrently(ids, 4, (id) => until(logToEnd(client, id), ctx.deadline));
  const ten = ['EXECUTION_STARTED', ...STEP, ...STEP, 'EXECUTION_COMPLETED'];
  expect(logs.map((log) => log.map(({ type }) => type))).toEqual(ids.map(() => ten));
  const children = (await mapConcurrently(ids, 4, (id) => client.executions.children(id))).flat();
  const started = [first, second].flatMap((platform) => platform.wordsOf('runs').map(Number));
  expect(sortedAscending(started)).toEqual(sortedAscending(children.map(({ id }) => id)));
  expect(sortedAscending(losers())).toEqual(ids);
  expect([...wrongLines(first, second), ...wrongLines(second, first)]).toEqual([]);
});

interface Lock {
  readonly owner: string;
  readonly token: number;
}

interface StepRow {
  readonly status: string;
}

const lockOf = async (database: ScratchDatabase, id: number): Promise<Lock> => {
  const [lock] = await database.query<Lock>(
    'select owner, fencing_token::int as token from durable.execution_locks where execution_id = $1',
    [id],
  );
  return lock!;
};

const stepRow = async (database: ScratchDatabase, id: number, task: string): Promise<StepRow> => {
  const [row] = await database.query<StepRow>('select * from execution where parent = $1 and task_name = $2', [
    id,
    task,
  ]);
  return row!;
};

/**
 * A run that the first platform coordinates, and whose step `two` its worker runs; then a second
 * platform.
 */
async function startOwned(ctx: Context, steps: Steps) {
  const { database, first } = await startFirst(ctx, { PLATFORM_LEASE_SECONDS: '5' });
  const { id } = await first.client.executions.execute({ action_ref: await createSteps(ctx, first, steps) });
  await first.waitForWords('two', 1);
  const second = await first.startBeside();
  const before = { lock: await lockOf(database, id), one: await stepRow(database, id, 'one') };
  expect(before.lock.owner).toBe(first.instance);
  return { database, first, second, id, before };
}

const writeAttempt = (file: string) => write(file, '$PLATFORM_ATTEMPT');
/** Until it is killed. */
const holdFirstAttempt = (seconds: number) => `[ "$PLATFORM_ATTEMPT" -gt 1 ] || sleep ${seconds}`;
const wordsOf = (platform: RestartablePlatform, ...files: string[]) => files.map((file) => platform.wordsOf(file));

/** Waits for the end of a run: the types of its log. */
async function typesAtEnd(ctx: Context, { client }: RestartablePlatform, id: number): Promise<string[]> {
  return (await until(logToEnd(client, id), ctx.deadline)).map(({ type }) => type);
}

test('S3-13 a killed platform is replaced, and steps that have ended are kept', LIMIT_SECONDS, async (ctx) => {
  const { database, first, second, id, before } = await startOwned(ctx, {
    one: { script: writeAttempt('one'), next: ['two'] },
    two: { script: [writeAttempt('two'), holdFirstAttempt(300)].join('\n'), next: ['three'] },
    three: { script: [writeAttempt('three'), holdUntil('end')].join('\n') },
  });

  await first.end('SIGKILL'); // its worker as well
  await second.waitForWords('three', 1);

  const lock = await lockOf(database, id);
  expect(lock.owner).toBe(second.instance);
  expect(lock.token).toBeGreaterThan(before.lock.token);
  second.writeFile('end');
  expect(await typesAtEnd(ctx, second, id)).toEqual([
    ...['EXECUTION_STARTED', ...STEP, 'STEP_STARTED', 'AGENT_INVOKED', 'EXECUTION_RECOVERED'],
    ...[...STEP.slice(1), ...STEP, 'EXECUTION_COMPLETED'],
  ]);
  const files = ['one', 'two', 'three'];
  expect(wordsOf(first, ...files)).toEqual([['1'], ['1'], []]);
  expect(wordsOf(second, ...files)).toEqual([[], ['2'], ['1']]);
  expect(await stepRow(database, id, 'one')).toEqual(before.one);
});

/** The platform has logged that an outcome of step `two` is late, which runs elsewhere. */
const outcomeToBeRejected = (
  platform: RestartablePlatform,
  database: ScratchDatabase,
  id: number,
  two: number,
): Condition<true> => ({
  name: 'a late outcome to be rejected',
  check: async () => {
    const isRejected = platform.linesWith('LEASE_FENCED').some(({ execution }) => execution === two);
    if (isRejected) return { is: 'met', value: true };
    const { status } = await stepRow(database, id, 'two');
    return { is: status === 'running' ? 'pending' : 'impossible', why: `the step is ${status}` };
  },
  evidence: () => platform.log,
});

test('S3-14 a platform that was stopped past its leases changes nothing', 2 * LIMIT_SECONDS, async (ctx) => {
  const print = 'echo $PLATFORM_ATTEMPT';
  const { database, first, second, id, before } = await startOwned(ctx, {
    one: { script: writeAttempt('one'), next: ['two', 'other'] },
    two: { script: [writeAttempt('two'), holdUntil('end'), print].join('\n') },
    other: {
      script: [writeAttempt('other'), holdFirstAttempt(LATE_SECONDS), write('late', 'word'), print].join('\n'),
    },
  });
  await first.waitForWords('other', 1);
  const steps = await second.client.executions.children(id);
  const [two, other] = ['two', 'other'].map((name) => steps.find((step) => taskName(step) === name)!.id);

  process.kill(first.pid, 'SIGSTOP'); // its worker runs on, and waits for answers
  const isTaken = async () => (await lockOf(database, id)).owner === second.instance;
  await until(predicateToHold('the second platform to have the lease', isTaken), ctx.deadline);
  await second.waitForWords('two', 1);
  const taken = await lockOf(database, id);
  first.writeFile('end');
  const hasEnded = () => first.processesOf(two!).length === 0;
  await until(predicateToHold('the late attempt to end', hasEnded), ctx.deadline);
  process.kill(first.pid, 'SIGCONT');
  await until(outcomeToBeRejected(first, database, id, two!), ctx.deadline);
  const isStopped = () => first.processesOf(other!).length === 0;
  await until(predicateToHold('the attempt under the lost lease to end', isStopped), ctx.deadline);
  expect(first.wordsOf('late')).toEqual([]); // it was stopped

  expect(taken.token).toBeGreaterThan(before.lock.token);
  expect(await lockOf(database, id)).toEqual(taken);
  expect(await stepRow(database, id, 'two')).toMatchObject({ status: 'running', attempt: 2 });
  second.writeFile('end');
  const recovered = [...STEP, 'EXECUTION_RECOVERED', 'AGENT_INVOKED'];
  const types = ['EXECUTION_STARTED', ...STEP, ...recovered, ...recovered, 'EXECUTION_COMPLETED'];
  expect((await typesAtEnd(ctx, second, id)).sort()).toEqual(types.sort());
  const ends = await Promise.all(['two', 'other'].map((step) => stepRow(database, id, step)));
  expect(ends).toMatchObject(Array(2).fill({ status: 'completed', result: { stdout: '2\n' } }));
  expect(wordsOf(second, 'one', 'two', 'other')).toEqual([[], ['2'], ['2']]);
});
