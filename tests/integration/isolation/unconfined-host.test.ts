import { dirSync } from 'tmp';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { readyPlatform, spawnCli, waitForExit, waitForOutcome } from '../embedded/cli-process';
import { forbiddingPath, NOT_PERMITTED } from './forbidding-host';
import { noTracesOf, withPrivateBase } from '../embedded/holder-process';
import { createShellAction } from '../shell-action';
import { livenessDeadline } from '../liveness';

const base = withPrivateBase();

const tools = dirSync({ unsafeCleanup: true });
afterAll(() => tools.removeCallback());
const REASON = `its processes could not be contained: ${NOT_PERMITTED}`;
const PATH = forbiddingPath(tools.name);

const up = (isolation: string) =>
  spawnCli(['up', '--port', '0', '--json', '--exit-with-stdin'], {
    PATH,
    TMPDIR: base.path,
    PLATFORM_ISOLATION: isolation,
  });

test('where isolation is required, a host that allows none ends the start', async () => {
  const { code, stderr } = await waitForOutcome(up('required'));

  const problem = `PLATFORM_ISOLATION=required, but programs cannot be confined here: ${REASON}`;
  expect([code, stderr]).toEqual([3, `tuningfork: ISOLATION_UNAVAILABLE: ${problem}\n`]);
  // Interpreters that print their versions end by themselves.
  await until(noTracesOf(base.path), livenessDeadline());
});

test('a host that allows no isolation runs programs, warns, and declares none', async () => {
  const cli = up('auto');
  const errors: string[] = [];
  cli.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  const { client } = await readyPlatform(cli);
  const manifest = await client.capabilities.getOrNull();
  await createShellAction(client, 'open.action', 'echo ran');
  const { id } = await client.executions.execute({ action_ref: 'open.action' });
  const { result } = await until(executionToBe('completed', client, id), livenessDeadline());
  cli.stdin.end();
  await waitForExit(cli);

  expect(result).toMatchObject({ stdout: 'ran\n' });
  expect(manifest!.capabilities).not.toHaveProperty(['isolation.process']);
  const warnings = errors
    .join('')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { why?: string });
  expect(warnings).toMatchObject([{ why: REASON }]);
});
