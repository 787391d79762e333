import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rememberedOutput, rememberOutputsIn } from '../../../platform/worker/runtimes/remembered-output';
import { testDirectory } from '../../test-directory';

const HOUR_MS = 3_600_000;
/** Files of a test count as older than the moment at which a program runs. */
let now = Date.now() + HOUR_MS;

function write(path: string, content: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, 0o755);
  return path;
}

/** A project, a launcher script, and the interpreter that it starts. */
function launcher() {
  const root = testDirectory();
  const interpreter = write(join(root, 'versions/3.11/python3'), 'binary');
  const path = write(join(root, 'manager/shims/python3'), '#!/bin/sh\nexec manager python3 "$@"\n');
  const home = join(root, 'home');
  const run = jest.fn(() => Promise.resolve<string | null>(`${interpreter}\n3.11.7`));
  const env: Record<string, string> = { HOME: home };
  rememberOutputsIn(root);
  const ask = (args = ['-c', 'print']) => rememberedOutput({ path, args, env }, run);
  return { root, home, path, interpreter, env, run, ask };
}

beforeEach(() => {
  now = Date.now() + HOUR_MS;
  jest.spyOn(Date, 'now').mockImplementation(() => now);
});
afterEach(() => jest.restoreAllMocks());

test('a launcher is run once for the same arguments and environment', async () => {
  const { run, ask, env, interpreter } = launcher();

  expect([await ask(), await ask()]).toEqual([`${interpreter}\n3.11.7`, `${interpreter}\n3.11.7`]);
  expect(run).toHaveBeenCalledTimes(1);

  await ask(['--version']);
  env.PATH = '/usr/bin';
  await ask();
  expect(run).toHaveBeenCalledTimes(3);
});

test.each([
  ['the launcher', ({ path }: ReturnType<typeof launcher>) => path],
  ['the interpreter', ({ interpreter }: ReturnType<typeof launcher>) => interpreter],
  ['the global version', ({ root }: ReturnType<typeof launcher>) => join(root, 'manager/version')],
  ["the user's version", ({ home }: ReturnType<typeof launcher>) => join(home, '.python-version')],
  ["the user's tools", ({ home }: ReturnType<typeof launcher>) => join(home, '.tool-versions')],
])('a launcher is run again after a change of %s', async (_, fileOf) => {
  const used = launcher();
  await used.ask();

  write(fileOf(used), 'another content');
  used.run.mockResolvedValue('/another/python3\n3.12.1');

  expect(await used.ask()).toBe('/another/python3\n3.12.1');
});

test('a launcher is run again after an hour', async () => {
  const { run, ask } = launcher();
  await ask();
  now += HOUR_MS + 10; // the clock of the host follows the system's within 2 ms
  await ask();
  expect(run).toHaveBeenCalledTimes(2);
});

test('an interpreter without a launcher is run again after its change only', async () => {
  const { root, env } = launcher();
  const path = write(join(root, 'bin/perl'), 'binary');
  const run = jest.fn(() => Promise.resolve('5.36.0'));
  const ask = () => rememberedOutput({ path, args: [], env }, run);
  await ask();
  now += 2 * HOUR_MS;
  await ask();
  expect(run).toHaveBeenCalledTimes(1);

  write(path, 'another binary');
  await ask();
  expect(run).toHaveBeenCalledTimes(2);
});

test('output of a launcher without the path of what it started is not kept', async () => {
  const { run, ask } = launcher();
  run.mockResolvedValue('5.36.0');
  await ask();
  await ask();
  expect(run).toHaveBeenCalledTimes(2);
});

test('output from a file that has just changed is not kept', async () => {
  const { run, ask } = launcher();
  now -= HOUR_MS;
  await ask();
  await ask();
  expect(run).toHaveBeenCalledTimes(2);
});

test('a failure and a damaged file are not used', async () => {
  const { root, run, ask, interpreter } = launcher();
  run.mockResolvedValueOnce(null);
  expect(await ask()).toBeNull();
  expect(await ask()).toBe(`${interpreter}\n3.11.7`);

  const directory = join(root, 'node_modules/.cache/tuningfork/interpreters');
  for (const name of readdirSync(directory)) writeFileSync(join(directory, name), '{"printed"');
  expect(await ask()).toBe(`${interpreter}\n3.11.7`);
  expect(run).toHaveBeenCalledTimes(3);
});

test('where nothing can be stored, the program is run each time', async () => {
  const { root, run, ask } = launcher();
  write(join(root, 'node_modules'), 'a file');
  await ask();
  await ask();
  expect(run).toHaveBeenCalledTimes(2);
});
