// Spec: an execution that loses its worker each time is started again up to a limit.
import { executionToBe, executionToEnd } from '../../../../helpers/scenario/conditions/execution-conditions';
import { RestartablePlatform } from '../../support/commands/restartable-platform';
import type { Context } from '../../../../helpers/scenario/context';
import { until, type Condition } from '../../../../helpers/scenario/polling';
import { createScriptAction } from '../../../../helpers/scenario/resources/script-action';
import { createWorkflow, onSuccess } from '../../../../helpers/scenario/resources/workflow-task';
import { systemTestNeeding } from '../../support/system-test';

const test = systemTestNeeding('host.processes');

const LIMIT_SECONDS = 90;
const LIMIT = 3;
/** Two: one takes over while the other starts again. */
const SETTINGS = { PLATFORM_WORKERS: '2', PLATFORM_LEASE_SECONDS: '5', PLATFORM_MAX_RECOVERIES: String(LIMIT) };

/** Writes the number of each of its attempts, of which so many hold until they are killed. */
function createHeld(ctx: Context, { client }: RestartablePlatform, pack: string, file: string, held: number) {
  const script = [
    `echo $PLATFORM_ATTEMPT >> "$ATTUNE_ARTIFACTS_DIR/${file}"`,
    `[ "$PLATFORM_ATTEMPT" -gt ${held} ] || sleep 300`,
  ];
  return createScriptAction({ client, name: ctx.name }, pack, script.join('\n'));
}

/** An attempt has written its number. Impossible once the run has ended. */
const attemptToStart = (
  platform: RestartablePlatform,
  file: string,
  attempt: number,
  run: number,
): Condition<true> => ({
  name: `attempt ${attempt} of ${file} to start`,
  check: async () => {
    if (platform.wordsOf(file).length >= attempt) return { is: 'met', value: true };
    const end = await executionToEnd(platform.client, run).check();
    return end.is === 'met' ? { is: 'impossible', why: `the run ended ${end.value.status}` } : end;
  },
});

/** Kills the worker in each of these attempts of a run, or of its last step. */
async function killWorkers(ctx: Context, platform: RestartablePlatform, file: string, attempts: number, run: number) {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    await until(attemptToStart(platform, file, attempt, run), ctx.deadline);
    const [step] = (await platform.client.executions.children(run)).slice(-1);
    platform.killWorkerOf(step?.id ?? run);
  }
}

/** The payloads of the recoveries of a run. */
async function recoveriesOf({ client }: RestartablePlatform, id: number): Promise<unknown[]> {
  const log = await client.executions.log(id);
  return log.filter(({ type }) => type === 'EXECUTION_RECOVERED').map(({ payload }) => payload);
}

const attempts = (count: number): string[] => Array.from({ length: count }, (_, n) => String(n + 1));

async function startPlatform(ctx: Context, settings: Record<string, string> = {}) {
  const platform = await RestartablePlatform.start(ctx, { ...SETTINGS, ...settings });
  const { ref } = await platform.client.packs.create({ ref: ctx.name('pack'), label: 'held', version: '1.0.0' });
  return { platform, pack: ref };
}

test('S0-34 a run that kills its worker every time is abandoned at the limit', LIMIT_SECONDS, async (ctx) => {
  const { platform, pack } = await startPlatform(ctx);
  const action_ref = await createHeld(ctx, platform, pack, 'poison', LIMIT + 1);
  const { id } = await platform.client.executions.execute({ action_ref });

  await killWorkers(ctx, platform, 'poison', LIMIT + 1, id);

  const { result, termination_reason } = await until(executionToBe('abandoned', platform.client, id), ctx.deadline);
  expect(termination_reason).toBe('crashed');
  expect(result).toMatchObject({ code: 'RECOVERY_LIMIT', recoveries: LIMIT });
  expect(await recoveriesOf(platform, id)).toMatchObject(
    [1, 2, 3].map((attempt) => ({ from: 'running', reason: 'crashed', attempt })),
  );
  expect(platform.wordsOf('poison')).toEqual(attempts(LIMIT + 1));
});

test('S0-34 a step that has ended leaves the next one all of its recoveries', LIMIT_SECONDS, async (ctx) => {
  const { platform, pack } = await startPlatform(ctx);
  const { client } = platform;
  const tasks = [
    { name: 'one', action: await createHeld(ctx, platform, pack, 'one', LIMIT), next: [onSuccess('two')] },
    { name: 'two', action: await createHeld(ctx, platform, pack, 'two', 2) },
  ];
  const { ref } = await createWorkflow(client, pack, tasks);
  const { id } = await client.executions.execute({ action_ref: ref });

  await killWorkers(ctx, platform, 'one', LIMIT, id);
  await killWorkers(ctx, platform, 'two', 2, id);

  await until(executionToBe('completed', client, id), ctx.deadline);
  expect(await recoveriesOf(platform, id)).toMatchObject([1, 2, 3, 1, 2].map((attempt) => ({ attempt })));
  expect(['one', 'two'].map((file) => platform.wordsOf(file))).toEqual([attempts(LIMIT + 1), attempts(3)]);
});

test('S0-34 a run that loses its worker is abandoned where recovery is off', LIMIT_SECONDS, async (ctx) => {
  const { platform, pack } = await startPlatform(ctx, { PLATFORM_RECOVERY: 'off' });
  const action_ref = await createHeld(ctx, platform, pack, 'once', 1);
  const { id } = await platform.client.executions.execute({ action_ref });

  await killWorkers(ctx, platform, 'once', 1, id);

  const { result } = await until(executionToBe('abandoned', platform.client, id), ctx.deadline);
  expect(result).toMatchObject({ recoveries: 0 });
  expect(await recoveriesOf(platform, id)).toEqual([]);
  expect(platform.wordsOf('once')).toEqual(attempts(1));
});
