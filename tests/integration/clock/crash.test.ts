import { join } from 'node:path';
import { logIn, type Client } from '../../../helpers/client/client';
import type { RunningPlatform } from '../../../contract/platform-file';
import { spawnCli, waitForExit, waitForReady, type CliProcess } from '../embedded/cli-process';
import { privateBase } from '../embedded/holder-process';
import { MOVING, timedMove } from './timed-move';

const base = privateBase();
afterAll(async () => {
  platform.stdin.end();
  await waitForExit(platform);
  base.remove();
});

let platform: CliProcess;
let running: RunningPlatform;
let password: string;

async function start(): Promise<void> {
  const args = ['up', '--port', '0', '--notifier-port', '0', '--json', '--exit-with-stdin'];
  platform = spawnCli([...args, '--data', join(base.path, 'data')], MOVING);
  running = await waitForReady(platform);
  password ??= running.password!;
}

const signIn = async (): Promise<Client> => (await logIn({ baseUrl: running.url }, running.login, password)).client;

test('a move goes on after its platform was killed: no fire is lost or doubled', async () => {
  await start();
  const move = timedMove(signIn);
  await move.prepare();
  const moving = move.start();
  for (const fires of [3, 6]) {
    await move.waitForFires(fires);
    platform.kill('SIGKILL');
    await waitForExit(platform);
    await start();
  }
  await moving;
  await move.waitForEnd();

  await move.expectEachFire();
});
