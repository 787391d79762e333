import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { createIsolation, type Isolation } from '../../../platform/worker/isolation/isolation';
import type { IsolationBackend } from '../../../platform/base/settings/isolation';
import type { SpawnCommand } from '../../../platform/worker/process/pool/prefork-process';
import { isAlive } from '../../../platform/worker/process/process-table';
import { findPython } from '../../../platform/worker/runtimes/python';
import { AVAILABLE_BACKENDS, backendTest as test, currentBackend } from './backends';
import { isolationOptions } from './confined-runner';

const KIND = { tenant: 1, network: 'full' } as const;
const POLL_MS = 5;
const PATH = process.env.PATH ?? '';

let directory: string;
const opened = new Map<IsolationBackend, Isolation>();
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'launch-'));
  for (const backend of AVAILABLE_BACKENDS) opened.set(backend, await createTestIsolation(backend));
});
const isolation = (): Isolation => opened.get(currentBackend())!;
afterAll(async () => {
  for (const each of opened.values()) await each.close();
  rmSync(directory, { recursive: true, force: true });
});

async function createTestIsolation(backend: IsolationBackend, python?: string | null): Promise<Isolation> {
  const found = await findPython();
  return createIsolation({
    ...isolationOptions(directory, backend),
    python: python === undefined ? found!.path : python,
    interpreters: [process.execPath],
  });
}

const shell = (script: string, more: Partial<SpawnCommand> = {}): SpawnCommand => ({
  command: '/bin/sh',
  args: ['-c', script],
  env: { PATH },
  cwd: '/',
  input: null,
  ...more,
});

/** Runs one program to its end. */
async function run(command: SpawnCommand) {
  const waiting = await isolation().start(KIND, null);
  const output = Promise.all([text(waiting.stdout), text(waiting.stderr)]);
  waiting.exec(command);
  waiting.stdin.end(command.input ?? '');
  const status = await waiting.exited;
  const [stdout, stderr] = await output;
  await waiting.close();
  return { ...status, stdout, stderr, failure: waiting.execFailure(status.exitCode, stderr) };
}

test('a program has its exact arguments and environment, and no descriptor', async () => {
  const env = { PATH, 'odd.name': '1', QUOTED: `it's "$HOME" \\ ü\n` };
  const outputOf = async (script: string) =>
    (await run(shell(script, { args: ['-c', script, "an 'argument'\n", 'ü'], env, cwd: '/usr' }))).stdout;

  const showArguments = 'cat /proc/$$/cmdline';
  expect((await outputOf(showArguments)).split('\0')).toEqual([
    ...['/bin/sh', '-c', showArguments, "an 'argument'\n", 'ü', ''],
  ]);
  expect((await outputOf('cat /proc/$$/environ')).split('\0').sort()).toEqual(
    ['', ...Object.entries({ ...env, PWD: '/usr' }).map(([name, value]) => `${name}=${value}`)].sort(),
  );
  expect(await outputOf('ls /proc/$$/fd')).toBe('0\n1\n2\n');
});

test.each(['HUP', 'INT', 'PIPE', 'TERM', 'XFSZ', 'SEGV', 'KILL'])(
  'the end by SIG%s is reported as it is',
  async (name) => {
    expect(await run(shell(`kill -${name} $$`))).toMatchObject({ exitCode: null, signal: `SIG${name}` });
  },
);

test('a program may open its standard output again', async () => {
  const { stdout, stderr } = await run(shell('echo out >/dev/stdout; echo err >/dev/stderr'));

  expect([stdout, stderr]).toEqual(['out\n', 'err\n']);
});

test('input larger than a pipe reaches the program', async () => {
  const input = 'x'.repeat(2 ** 20);

  expect(await run(shell('wc -c', { input }))).toMatchObject({ exitCode: 0, stdout: `${input.length}\n` });
});

test('a file without an interpreter is a script of the shell', async () => {
  const files = new Map([['/tmp/script', 'echo "$1"']]);
  const script = 'cp /tmp/script /tmp/copy && chmod 700 /tmp/copy && exec /usr/bin/env /tmp/copy argument';

  expect(await run(shell(script, { files }))).toMatchObject({ exitCode: 0, stdout: 'argument\n' });
});

const MISSING = 'it or the interpreter in its first line does not exist';

test.each([
  [
    'a program that does not exist',
    { command: '/no/such' },
    { code: 'RUNTIME_BINARY_MISSING', text: `RUNTIME_BINARY_MISSING: /no/such, ${MISSING}` },
  ],
  [
    'a file that cannot be executed',
    { command: '/etc/passwd' },
    { code: 'ACTION_NOT_EXECUTABLE', text: 'ACTION_NOT_EXECUTABLE: /etc/passwd, it may not be executed' },
  ],
  [
    'a working directory that does not exist',
    { cwd: '/no/such' },
    { code: null, text: '/no/such: No such file or directory' },
  ],
])('%s is reported', async (_, problem, failure) => {
  expect(await run(shell('exit 0', problem))).toMatchObject({ exitCode: 126, failure });
});

test('the processes of an idle confinement end with its pipe', async () => {
  const waiting = await isolation().start(KIND, null);
  const pids = [waiting.pid, waiting.initPid!];
  expect([pids.map(isAlive), waiting.isWaiting()]).toEqual([[true, true], true]);

  waiting.release();

  await allToEnd(pids);
  expect(await waiting.exited).toEqual({ exitCode: null, signal: 'SIGKILL' });
  expect(waiting.isWaiting()).toBe(false);
  await waiting.close();
});

test('confinements end with their launcher, and the next one gets another', async () => {
  const own = await createTestIsolation(currentBackend());
  const waiting = await own.start(KIND, null);
  const ended = waiting.exited;
  waiting.exec(shell('sleep 60'));
  process.kill(parentOf(waiting.pid), 'SIGKILL');

  expect(await ended).toEqual({ exitCode: null, signal: 'SIGKILL' });
  await waiting.close();
  const next = await own.start(KIND, null);

  expect(next.isWaiting()).toBe(true);
  await next.close();
  await own.close();
  await allToEnd([waiting.pid, waiting.initPid!, next.pid]);
});

test('programs have groups of their own in the session of their launcher', async () => {
  const waiting = [await isolation().start(KIND, null), await isolation().start(KIND, null)];
  const launcher = parentOf(waiting[0]!.pid);

  expect(waiting.map(({ pid }) => groupAndSession(pid))).toEqual(waiting.map(({ pid }) => [pid, launcher]));
  expect(groupAndSession(launcher)).toEqual([launcher, launcher]);
  for (const each of waiting) await each.close();
});

test('thirty confinements that start at once get programs of their own', async () => {
  const exits = await Promise.all(Array.from({ length: 30 }, (_, n) => run(shell(`echo ${n}; exit ${n}`))));

  expect(exits.map(({ exitCode, stdout }) => [exitCode, stdout])).toEqual(
    Array.from({ length: 30 }, (_, n) => [n, `${n}\n`]),
  );
});

test.each([
  [null, 'no program python3 was found'],
  ['/bin/false', 'the launcher of confinements ended'],
  ['/no/such', 'spawn /no/such ENOENT'],
])('with Python at %s nothing is confined', async (python, reason) => {
  const own = await createTestIsolation(currentBackend(), python);

  await expect(own.start(KIND, null)).rejects.toThrow(reason);
  await own.close();
});

const groupAndSession = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ').slice(4, 6).map(Number);

const parentOf = (pid: number): number =>
  Number(/^PPid:\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

async function allToEnd(pids: readonly number[]): Promise<void> {
  while (pids.some((pid) => existsSync(`/proc/${pid}`) && isAlive(pid))) await pause(POLL_MS);
}
