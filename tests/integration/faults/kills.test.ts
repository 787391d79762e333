import type { JsonObject } from '../../../contract/json';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { runSeed, sized } from '../../../helpers/sized';
import { livenessDeadline } from '../liveness';
import { FaultPlatform } from './fault-platform';
import { checkProcesses, checkRequests, checkRun, type StoredRun } from './history/check-workflows';
import { injectFaults, planFaults, type FaultName } from './history/fault-plan';
import { postWebhooks, runChains } from './history/workflow-clients';
import { PACK, createRecordingAction, type RecordingAction } from './recording-action';

const KILLS = sized({ ci: 6, full: 200 });
const SECONDS_PER_KILL = 10;
jest.setTimeout((60 + KILLS * SECONDS_PER_KILL) * 1_000);

const KINDS: readonly FaultName[] = ['kill the platform', 'kill a worker', 'kill a process of PostgreSQL'];

const CHAIN = `${PACK}.chain`;
const PAIR = `${PACK}.pair`;
/** Most tasks have no process; each of these has one. */
const PROCESS_EVERY = 50;
const TASKS: Readonly<Record<string, readonly string[]>> = {
  [CHAIN]: Array.from({ length: 200 }, (_, n) => `t${n}`),
  [PAIR]: ['first', 'second'],
};

let platform: FaultPlatform;
let action: RecordingAction;
beforeAll(async () => {
  platform = await FaultPlatform.start(2);
  action = await createRecordingAction(platform);
});
afterAll(() => platform[Symbol.asyncDispose]());

/** The workflow's tasks, one after the other. */
function createSequence(ref: string): Promise<unknown> {
  const names = TASKS[ref]!;
  const tasks = names.map((name, n): JsonObject => {
    const task = { name, action: n % PROCESS_EVERY === 1 ? action.ref : 'core.noop' };
    return n + 1 < names.length ? { ...task, on_success: names[n + 1]! } : task;
  });
  const parts = { ref, pack_ref: PACK, label: ref, version: '1.0.0' };
  const parameters = { name: { type: 'string' } };
  return platform
    .client()
    .workflows.create({ ...parts, param_schema: parameters, definition: { version: '1.0.0', tasks } });
}

/** A webhook whose events start the workflow `PAIR`. Returns its key. */
async function createWebhook(name: string): Promise<string> {
  const client = platform.client();
  const parts = { pack_ref: PACK, label: name };
  await client.triggers.create({ ...parts, ref: `${PACK}.${name}` });
  const { webhook_key: key } = await client.triggers.enableWebhook(`${PACK}.${name}`);
  await client.rules.create({
    ...{ ...parts, ref: `${PACK}.${name}_rule`, trigger_ref: `${PACK}.${name}`, action_ref: PAIR },
    action_params: { name: '{{ event.payload.name }}' },
  });
  return key!;
}

/** All workflows with their children and logs, when they have ended. */
async function storedRuns(): Promise<(StoredRun & { action: string })[]> {
  const { rows } = await platform.owner.query<StoredRun & { action: string }>(
    `select e.id::int, e.action_ref as action, e.config ->> 'name' as name, e.status,
       (select coalesce(json_agg(json_build_object('id', c.id, 'task', c.task_name, 'status', c.status,
          'attempt', substring(c.result ->> 'stdout' from '"attempt": (\\d+)')::int) order by c.id), '[]')
        from execution c where c.parent = e.id) as children,
       (select json_agg(concat_ws(' ', l.type, l.payload ->> 'task') order by l.seq)
        from execution_event l where l.execution = e.id) as log
     from execution e where e.action_ref = any($1) order by e.id`,
    [[CHAIN, PAIR]],
  );
  return rows;
}

async function waitUntilIdle(): Promise<void> {
  const open = 'select count(*)::int as count from execution where finished_at is null';
  const isIdle = async () => (await platform.owner.query<{ count: number }>(open)).rows[0]!.count === 0;
  await until(predicateToHold('no execution to be open', isIdle), livenessDeadline());
}

test('kills at random moments lose no workflow and double no task', async () => {
  const seed = runSeed();
  const plan = planFaults(seed, KILLS, KINDS);
  await createSequence(CHAIN);
  await createSequence(PAIR);
  const keys = [await createWebhook('left'), await createWebhook('right')];
  const stop = new AbortController();
  const clients = [
    runChains(platform, CHAIN, stop.signal),
    ...keys.map((key) => postWebhooks(platform, key, stop.signal)),
  ];

  const faults = injectFaults(platform, plan).finally(() => stop.abort());
  await Promise.allSettled([faults, ...clients]); // no client is left, whatever failed
  await faults;
  const names = (await Promise.all(clients)).flat();
  await waitUntilIdle();

  const [runs, ledger] = [await storedRuns(), action.ledger()];
  const anomalies = [
    ...checkRequests(names, runs),
    ...runs.flatMap((run) => [...checkRun(run, TASKS[run.action]!), ...checkProcesses(run, ledger)]),
  ];
  expect({ seed, plan, anomalies }).toEqual({ seed, plan, anomalies: [] });
  expect(runs).toHaveLength(names.length);
  expect(runs.length).toBeGreaterThan(KILLS);
});
