import { text } from 'node:stream/consumers';
import { executionToBe, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import type { RunningPlatform } from '../../../contract/platform-file';
import { readyPlatform, spawnCli, waitForExit, waitForReady, type CliProcess } from './cli-process';
import { noTracesOf, withPrivateBase } from './holder-process';
import { serverPid } from './postgres-signals';
import { livenessDeadline } from '../liveness';
import { createShellAction } from '../shell-action';

const base = withPrivateBase();

const started: CliProcess[] = [];
afterEach(() => started.splice(0).forEach((cli) => cli.kill('SIGKILL')));

const up = (): CliProcess => {
  const cli = spawnCli(['up', '--port', '0', '--json'], { TMPDIR: base.path });
  started.push(cli);
  return cli;
};

/** Kills PostgreSQL. Returns its pid. */
function killServer(platform: RunningPlatform): number {
  const pid = serverPid(platform);
  process.kill(pid, 'SIGKILL');
  return pid;
}

const serverReplaced = (platform: RunningPlatform, killed: number) =>
  predicateToHold('another server is ready', async () => {
    const { status } = await fetch(`${platform.url}/health/ready`);
    return status === 200 && serverPid(platform) !== killed;
  });

test('a killed PostgreSQL is started again with its data and address', async () => {
  const cli = up();
  const { platform, client } = await readyPlatform(cli);
  await createShellAction(client, 'kept.print', 'echo done');

  await until(serverReplaced(platform, killServer(platform)), livenessDeadline());

  const { id } = await client.executions.execute({ action_ref: 'kept.print' });
  const ended = await until(executionToBe('completed', client, id), livenessDeadline());
  expect(ended.result).toMatchObject({ stdout: 'done\n' });
  cli.kill('SIGTERM');
  await expect(waitForExit(cli)).resolves.toEqual([null, 'SIGTERM']);
});

test('the fourth exit of PostgreSQL within a minute ends `up` with 3', async () => {
  const cli = up();
  const stderr = text(cli.stderr);
  const platform = await waitForReady(cli);
  const exit = waitForExit(cli);

  for (let restarts = 0; restarts < 3; restarts++) {
    await until(serverReplaced(platform, killServer(platform)), livenessDeadline());
  }
  killServer(platform);

  expect(await exit).toEqual([3, null]);
  expect((await stderr).trimEnd().split('\n').at(-1)).toMatch(/^tuningfork: PG_ENDED: /);
  await expect(until(noTracesOf(base.path), livenessDeadline())).resolves.toBe(true);
});

test('a stop ends `up` while PostgreSQL is being started again', async () => {
  const cli = up();
  const platform = await waitForReady(cli);

  killServer(platform);
  cli.kill('SIGTERM');

  await expect(waitForExit(cli)).resolves.toEqual([null, 'SIGTERM']);
  await expect(until(noTracesOf(base.path), livenessDeadline())).resolves.toBe(true);
});
