import { join } from 'node:path';
import { logIn } from '../../../helpers/client/client';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { spawnCli, waitForExit, waitForReady } from '../embedded/cli-process';
import { privateBase } from '../embedded/holder-process';
import { reachScript, withHostServers } from './host-servers';
import { livenessDeadline } from '../liveness';

const ports = withHostServers();
const base = privateBase();
afterAll(() => base.remove());

/** Starts a platform. Returns what an action reaches: the API, and a server of the host. */
async function reached(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const cli = spawnCli(['up', '--port', '0', '--json', ...args], { PLATFORM_ISOLATION: 'required', ...env });
  try {
    const running = await waitForReady(cli);
    const { client } = await logIn({ baseUrl: running.url }, running.login, running.password!);
    await client.packs.create({ ref: 'demo', label: 'demo', version: '1.0.0' });
    const entrypoint = reachScript(['$ATTUNE_API_URL/health', `http://127.0.0.1:${ports().other}/`]);
    const action = { ref: 'demo.look', pack_ref: 'demo', label: 'look', runtime_ref: 'core.shell', entrypoint };
    await client.actions.create(action);
    const { id } = await client.executions.execute({ action_ref: 'demo.look' });
    const { result } = await until(executionToBe('completed', client, id), livenessDeadline());
    return (result as { stdout: string }).stdout;
  } finally {
    const exit = waitForExit(cli);
    cli.kill('SIGTERM');
    await exit;
  }
}

const CLOSED = process.getuid!() === 0 ? 'OK, EPERM\n' : 'OK, other\n';

test('RT-05 the loopback interface is closed on a platform that keeps its data', async () => {
  expect(await reached(['--data', join(base.path, 'data')])).toBe(CLOSED);
});

test('RT-05 the loopback interface is open where nothing is kept', async () => {
  expect(await reached([])).toBe('OK, other\n');
  expect(await reached([], { PLATFORM_ACTION_LOOPBACK: 'closed' })).toBe(CLOSED);
});
