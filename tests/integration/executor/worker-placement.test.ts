import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { livenessDeadline } from '../liveness';
import { spawnCli, waitForOutcome } from '../embedded/cli-process';
import { withPlatform } from './with-platform';

const TOLERATION = [{ key: 'team', operator: 'equal', value: 'a', effect: 'no_schedule' }] as const;

const client = withPlatform('placed', {
  PLATFORM_WORKER_LABELS: 'disk=ssd, region=eu',
  PLATFORM_WORKER_TAINTS: 'team=a:no_schedule',
});
beforeAll(async () => {
  const action = { pack_ref: 'placed', label: 'run', entrypoint: 'echo ran', runtime_ref: 'core.shell' };
  await client().actions.create({ ref: 'placed.run', ...action });
});

const execute = (placement: object) => client().executions.execute({ action_ref: 'placed.run', ...placement });

test('a worker with the labels of the settings is selected by them', async () => {
  const { id } = await execute({ worker_selector: { disk: 'ssd', region: 'eu' }, worker_tolerations: TOLERATION });

  expect((await until(executionToBe('completed', client(), id), livenessDeadline())).status).toBe('completed');
});

test.each([
  ['another label', { worker_selector: { disk: 'hdd' }, worker_tolerations: TOLERATION }],
  ['no toleration of the taint', { worker_selector: { disk: 'ssd' } }],
])('an execution with %s is not run by it', async (_case, placement) => {
  const { id } = await execute(placement);

  const { result } = await until(executionToBe('failed', client(), id), livenessDeadline());
  expect(JSON.stringify(result)).toContain('worker');
});

test.each([
  ['PLATFORM_WORKER_LABELS', 'disk', 'give key=value, not worker=…, separated by commas'],
  ['PLATFORM_WORKER_LABELS', 'worker=mine', 'give key=value, not worker=…, separated by commas'],
  ['PLATFORM_WORKER_TAINTS', 'gpu:never', 'give key=value:no_schedule or key:prefer_no_schedule, separated by commas'],
])('%s=%s is refused, and nothing starts', async (name, value, expected) => {
  const { code, stderr } = await waitForOutcome(spawnCli(['up', '--port', '0', '--json'], { [name]: value }));

  expect({ code, stderr }).toEqual({ code: 2, stderr: `tuningfork: ${name}=${value} is not usable: ${expected}\n` });
});
