import { join } from 'node:path';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { readyPlatform, spawnCli, stopCli } from '../embedded/cli-process';
import { withPrivateBase } from '../embedded/holder-process';
import { hostAddresses, reachScript, withHostServers } from './host-servers';
import { livenessDeadline } from '../liveness';
import { createShellAction } from '../shell-action';

const ports = withHostServers('::');
/** An address of this host; of its loopback interface where it has no other one. */
const [own = '127.0.0.1'] = hostAddresses();
const ofOwn = (port: number) => `${own.includes(':') ? `[${own}]` : own}:${port}`;
const base = withPrivateBase();

/** Starts a platform. Returns what an action reaches: the API, and a server at two addresses. */
async function reached(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const cli = spawnCli(['up', '--port', '0', '--json', ...args], { PLATFORM_ISOLATION: 'required', ...env });
  try {
    const { client } = await readyPlatform(cli);
    const others = [`http://127.0.0.1:${ports().other}/`, `http://${ofOwn(ports().other)}/`];
    const entrypoint = reachScript(['$ATTUNE_API_URL/health', ...others]);
    await createShellAction(client, 'demo.look', entrypoint);
    const { id } = await client.executions.execute({ action_ref: 'demo.look' });
    const { result } = await until(executionToBe('completed', client, id), livenessDeadline());
    return (result as { stdout: string }).stdout;
  } finally {
    await stopCli(cli);
  }
}

const CAN_CLOSE = process.getuid!() === 0;
const OPEN = 'OK, other, other\n';
const CLOSED = CAN_CLOSE ? 'OK, EPERM, EPERM\n' : OPEN;

test('RT-05 addresses of the host are closed on a platform that keeps its data', async () => {
  expect(await reached(['--data', join(base.path, 'data')])).toBe(CLOSED);
});

test('RT-05 they are open where nothing is kept', async () => {
  expect(await reached([])).toBe(OPEN);
  expect(await reached([], { PLATFORM_ACTION_LOOPBACK: 'closed' })).toBe(CLOSED);
});

test('RT-05 a platform that listens on one of them is reached there', async () => {
  expect(await reached(['--data', join(base.path, 'of-host'), '--host', own])).toBe(CLOSED);
});

test('RT-05 one of them that the operator lists is open, and no other one', async () => {
  const PLATFORM_EGRESS_ALLOW = ofOwn(ports().other);
  const found = await reached(['--data', join(base.path, 'listed')], { PLATFORM_EGRESS_ALLOW });

  expect(found).toBe(CAN_CLOSE ? `OK, ${own === '127.0.0.1' ? 'other' : 'EPERM'}, other\n` : OPEN);
});
