import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { logIn } from '../../../helpers/client/client';
import type { RunningPlatform } from '../../../contract/platform-file';
import { DEFAULT_USER } from '../../../platform/store/identities/first-administrator';
import type { TestPostgres } from '../database/migrated-postgres';
import { createEmptyDatabase, createTestDatabase } from '../database/test-servers';
import { spawnCli, stopCli, waitForOutcome, waitForReady, type CliProcess } from './cli-process';
import { privateBase } from './holder-process';

const base = privateBase();
const started: CliProcess[] = [];
const databases: TestPostgres[] = [];
afterEach(async () => {
  for (const cli of started.splice(0)) await stopCli(cli);
  for (const database of databases.splice(0)) await database.stop();
});
afterAll(() => base.remove());

/** No worker: none has to do with the login. */
function up(args: readonly string[], env: NodeJS.ProcessEnv = {}): CliProcess {
  const cli = spawnCli(['up', '--port', '0', '--workers', '0', '--json', ...args], env);
  started.push(cli);
  return cli;
}

/** Options for data that are kept as those of a directory are, on a server that runs already. */
async function onDatabase(): Promise<string[]> {
  const database = await createTestDatabase();
  databases.push(database);
  return ['--database-url', database.url];
}

const logInAt = ({ url }: RunningPlatform, password: string | null, login: string = DEFAULT_USER.login) =>
  logIn({ baseUrl: url }, login, password ?? 'no password is known');

const REJECTED = { status: 401 };
const OTHER = { login: 'other@example.org', password: 'password of the other' };

test('kept data have a random password, which is shown at the first start only', async () => {
  const data = join(base.path, 'twice');
  const first = up(['--data', data]);
  const running = await waitForReady(first);
  expect(running.password).toMatch(/^[a-z2-9]{26}$/);
  const { client } = await logInAt(running, running.password);
  await client.auth.changePassword({ current_password: running.password!, new_password: 'a changed password' });
  await stopCli(first);

  const again = await waitForReady(up(['--data', data]));

  expect(again.password).toBeNull();
  await expect(logInAt(again, running.password)).rejects.toMatchObject(REJECTED);
  await expect(logInAt(again, 'a changed password')).resolves.toBeDefined();
});

test('a start that fails leaves the password for the next one', async () => {
  const place = await onDatabase();
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  const failed = await waitForOutcome(up([...place, '--port', String(port), '--notifier-port', '0']));
  holder.close();
  expect(failed).toMatchObject({ code: 3, stderr: expect.stringContaining('PORT_IN_USE') });

  const running = await waitForReady(up(place));

  await expect(logInAt(running, running.password)).resolves.toBeDefined();
});

test('a deleted first administrator stays deleted', async () => {
  const place = await onDatabase();
  const first = up(place);
  const running = await waitForReady(first);
  const { client } = await logInAt(running, running.password);
  const other = await client.identities.create(OTHER);
  await client.permissions.assign({ identity_id: other.id, permission_set_ref: 'core.admin' });
  const byOther = (await logInAt(running, OTHER.password, OTHER.login)).client;
  const { id } = (await byOther.identities.list()).find(({ login }) => login === DEFAULT_USER.login)!;
  await byOther.identities.remove(id);
  await stopCli(first);

  const again = await waitForReady(up(place));

  const logins = await (await logInAt(again, OTHER.password, OTHER.login)).client.identities.list();
  expect(logins.map(({ login }) => login)).toEqual([OTHER.login]);
  expect(again.password).toBeNull();
});

test('a random password is in no file and no log', async () => {
  const data = join(base.path, 'searched');
  const cli = up(['--data', data, '--workers', '1'], { PLATFORM_LOG_LEVEL: 'trace' });
  let log = '';
  cli.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const { password, platform_file: platformFile } = await waitForReady(cli);
  const directories = [data, join(platformFile, '..')];

  expect(filesWith(directories, DEFAULT_USER.login)).toContain(platformFile);
  expect(filesWith(directories, password!)).toEqual([]);
  await stopCli(cli);
  expect(filesWith([data], DEFAULT_USER.login)).not.toEqual([]);
  expect(filesWith([data], password!)).toEqual([]);
  expect(log).not.toContain(password);
  expect(log).not.toBe('');
});

/** Paths of the files below the directories that contain the text. */
const filesWith = (directories: readonly string[], text: string): string[] =>
  directories
    .flatMap((directory) => readdirSync(directory, { recursive: true }).map((name) => join(directory, String(name))))
    .filter(
      (path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true && readFileSync(path).includes(text),
    );

test('--admin-password-file gets the password, for its owner alone', async () => {
  const file = join(base.path, 'password');
  const place = await onDatabase();
  const first = up([...place, '--admin-password-file', file]);
  const running = await waitForReady(first);

  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(running.password).toBeNull();
  await expect(logInAt(running, readFileSync(file, 'utf8').trim())).resolves.toBeDefined();
  await stopCli(first);

  const elsewhere = join(base.path, 'password-2');
  await waitForReady(up([...place, '--admin-password-file', elsewhere]));
  expect(existsSync(elsewhere)).toBe(false);
});

test('an unusable password file is an error before anything starts', async () => {
  const existing = join(base.path, 'existing');
  writeFileSync(existing, 'kept');
  const data = join(base.path, 'never-made');

  for (const [file, message] of [
    [existing, 'the file exists'],
    [join(base.path, 'absent/password'), 'does not exist; create it first'],
  ] as const) {
    const outcome = await waitForOutcome(up(['--data', data, '--admin-password-file', file]));
    expect(outcome).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  }
  expect(readFileSync(existing, 'utf8')).toBe('kept');
  expect(existsSync(data)).toBe(false);
});

test.each([
  ['--compat attune', ['--compat', 'attune'], {}],
  ['PLATFORM_EXTENSIONS=off', [], { PLATFORM_EXTENSIONS: 'off' }],
])('with %s kept data have the known password', async (name, args, env) => {
  const running = await waitForReady(up(['--data', join(base.path, name.replace(/\W/g, '-')), ...args], env));

  expect(running.password).toBe(DEFAULT_USER.password);
  await expect(logInAt(running, running.password)).resolves.toBeDefined();
  const registration = await fetch(new URL('/auth/register', running.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(OTHER),
  });
  expect(registration.status).toBe(name === '--compat attune' ? 200 : 403);
});

test('other hosts can reach a platform with a password of its own', async () => {
  const running = await waitForReady(up([...(await onDatabase()), '--host', '0.0.0.0']));

  for (const address of [running.url, running.notifier_url]) {
    const other = Object.assign(new URL('/health', address), { hostname: '127.0.0.2' });
    expect((await fetch(other)).status).toBe(200);
  }
  await expect(logInAt(running, DEFAULT_USER.password)).rejects.toMatchObject(REJECTED);
});

test('a database with the known password keeps platforms on this host', async () => {
  const running = await waitForReady(up([...(await onDatabase()), '--compat', 'attune']));
  const exposed = ['--database-url', running.database_url, '--join', '--host', '0.0.0.0'];

  const contradiction = await waitForOutcome(up([...exposed, '--compat', 'attune']));
  expect(contradiction).toMatchObject({ code: 2, stderr: expect.stringContaining('would expose the known password') });
  const refused = await waitForOutcome(up(exposed));
  expect(refused).toMatchObject({ code: 3, stderr: expect.stringMatching(/^tuningfork: KNOWN_PASSWORD: [^\n]*\n$/) });

  const { client } = await logInAt(running, DEFAULT_USER.password);
  await client.auth.changePassword({ current_password: DEFAULT_USER.password, new_password: 'a changed password' });
  const accepted = up(exposed);
  await expect(waitForReady(accepted)).resolves.toMatchObject({ password: null });
  await stopCli(accepted);
});

test('two first starts at once on one database make one administrator', async () => {
  const postgres = await createEmptyDatabase();
  try {
    const place = ['--database-url', postgres.url, '--join'];
    const platforms = await Promise.all([up(place), up(place)].map(waitForReady));

    const passwords = platforms.flatMap(({ password }) => password ?? []);
    expect(passwords).toEqual([expect.not.stringContaining(DEFAULT_USER.password)]);
    for (const platform of platforms) await expect(logInAt(platform, passwords[0]!)).resolves.toBeDefined();
    for (const cli of started.splice(0)) await stopCli(cli);
  } finally {
    await postgres.stop();
  }
});
