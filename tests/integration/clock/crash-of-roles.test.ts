import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { logIn, type Client } from '../../../helpers/client/client';
import type { RunningPlatform } from '../../../contract/platform-file';
import { startMigratedPostgres, type TestPostgres } from '../database/migrated-postgres';
import { privateBase } from '../embedded/holder-process';
import { PlatformProcess } from '../faults/platform-process';
import { freePort } from '../free-port';
import { MOVING, timedMove } from './timed-move';

/** In the order in which they start and are killed: without the last two, a move goes on. */
const ROLES = ['api', 'executor', 'worker', 'sensor', 'notifier'] as const;
type Role = (typeof ROLES)[number];

const base = privateBase();
const processes = new Map<Role, PlatformProcess>();
let postgres: TestPostgres;
let url: string;
/** Only the first start has the password. */
let administrator: RunningPlatform;

beforeAll(async () => {
  postgres = await startMigratedPostgres();
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const data = join(base.path, 'data');
  mkdirSync(data);
  const place = ['--notifier-port', '0', '--data', data, '--database-url', postgres.url];
  for (const role of ROLES) {
    const address = role === 'api' ? ['--port', String(port)] : ['--port', '0', '--api-url', url];
    const args = [...place, ...address, '--roles', role];
    processes.set(role, new PlatformProcess({ args, env: MOVING, program: undefined }));
    await processes.get(role)!.boot(role === 'api' ? [] : ['--join']);
  }
  administrator = processes.get('api')!.running;
});
afterAll(async () => {
  for (const process of processes.values()) await process.kill('SIGTERM');
  await postgres.stop();
  base.remove();
});

const signIn = async (): Promise<Client> =>
  (await logIn({ baseUrl: url }, administrator.login, administrator.password!)).client;

test('a move goes on after each role was killed: no fire is lost or doubled', async () => {
  const move = timedMove(signIn);
  await move.prepare();
  const moving = move.start();
  for (const role of ROLES) {
    await move.waitForFires(2);
    expect(await move.hasEnded()).toBe(false);
    await processes.get(role)!.kill('SIGKILL');
    await processes.get(role)!.boot(['--join']);
  }
  await moving;
  await move.waitForEnd();

  await move.expectEachFire();
});
