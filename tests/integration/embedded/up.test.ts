import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { until } from '../../../helpers/polling';
import { command, ended, outcome, readiness } from './command';
import { nothingLeft, privateBase, processesWith } from './holder';

jest.setTimeout(30_000);

const base = privateBase();
afterAll(() => base.remove());

const up = (...args: string[]) => command(['up', '--port', '0', '--json', ...args]);
const soon = () => performance.now() + 8_000;

test('it serves until Ctrl-C, dies by that signal and leaves nothing', async () => {
  const started = up();
  started.stdin.end(); // not watched without the flag
  const running = await readiness(started);
  const health = await fetch(`${running.url}/health`);
  expect(health.status).toBe(200);

  started.kill('SIGINT');

  await expect(ended(started)).resolves.toEqual([null, 'SIGINT']);
  expect(existsSync(running.directory)).toBe(false);
  expect(processesWith(running.instance_id)).toEqual([]);
});

test('the end of a watched stdin stops it, and so does one that came before it was ready', async () => {
  const started = up('--exit-with-stdin');
  const running = await readiness(started);
  started.stdin.end();
  await expect(ended(started)).resolves.toEqual([0, null]);
  expect(existsSync(running.directory)).toBe(false);

  const early = up('--exit-with-stdin');
  early.stdin.end();
  await expect(outcome(early)).resolves.toMatchObject({ code: 0, signal: null });
});

test('killed in the middle of its service, it leaves nothing', async () => {
  const started = up();
  const running = await readiness(started);

  started.kill('SIGKILL');
  await ended(started);

  await expect(until(gone(running.instance_id, running.directory), soon())).resolves.toBe(true);
});

const gone = (instance: string, directory: string) => ({
  name: `${instance} to be gone`,
  look: () => {
    const pids = processesWith(instance);
    const is = pids.length === 0 && !existsSync(directory);
    return Promise.resolve(is ? { is: 'met' as const, value: true } : { is: 'pending' as const, why: pids.join() });
  },
  evidence: () => Promise.resolve(''),
});

test('a folder of data is served once at a time, and again later with the same log-in and rows', async () => {
  const data = join(base.path, 'data');
  const first = up('--data', data);
  const running = await readiness(first);

  const second = await outcome(up('--data', data));
  expect(second).toMatchObject({ code: 3, stderr: expect.stringMatching(/^tuningfork: DATA_DIR_IN_USE: .*\n$/) });

  first.kill('SIGTERM');
  await expect(ended(first)).resolves.toEqual([null, 'SIGTERM']);
  const again = up('--data', data);
  const later = await readiness(again);
  expect(passwordOf(later.database_url)).toBe(passwordOf(running.database_url));
  again.kill('SIGTERM');
  await ended(again);
});

const passwordOf = (url: string): string => new URL(url).password;

test('a port in use is one line and exit 3', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const address = holder.address();
  const port = typeof address === 'object' && address ? String(address.port) : '';

  const refused = await outcome(command(['up', '--port', port]));

  holder.close();
  expect(refused.code).toBe(3);
  expect(lastLine(refused.stderr)).toBe(
    `tuningfork: PORT_IN_USE: 127.0.0.1:${port} is taken; give another --port, or 0 for a free one`,
  );
});

const lastLine = (said: string): string => said.trimEnd().split('\n').at(-1) ?? '';

test('a database that is not there, and one that refuses the password, are one line and exit 3', async () => {
  const none = await outcome(up('--database-url', 'postgres://me:secret@127.0.0.1:9/mine'));
  expect(none.code).toBe(3);
  expect(none.stderr).toMatch(/^tuningfork: DB_UNREACHABLE: 127\.0\.0\.1:9\/mine cannot be reached \(.*\); .*\n$/);

  const started = up();
  const { database_url } = await readiness(started);
  const wrong = await outcome(up('--database-url', database_url.replace(/:[0-9a-f]+@/, ':wrong@')));
  expect(wrong.code).toBe(3);
  expect(wrong.stderr).toMatch(
    /^tuningfork: DB_AUTH_FAILED: 127\.0\.0\.1:\d+\/postgres rejects the user or password; .*\n$/,
  );
  started.kill('SIGTERM');
  await ended(started);
});

test.each([
  ['a setting that is no number', ['up'], { PLATFORM_WORKERS: 'many' }],
  ['a port that is none', ['up', '--port', '70000'], {}],
  ['an address open to the network', ['up', '--host', '0.0.0.0'], {}],
  ['an unknown command', ['upp'], {}],
])('%s is wrong usage, exit 2', async (_, args, env) => {
  await expect(outcome(command(args, env))).resolves.toMatchObject({ code: 2 });
});

test('nothing of all these is left', async () => {
  await expect(until(nothingLeft(base.path), soon())).resolves.toBe(true);
});
