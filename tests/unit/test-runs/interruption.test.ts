import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { repositoryRoot } from '../../../helpers/repository-root';
import { isAlive } from '../../../helpers/scenario/processes';

/** A process of Jest whose platform ends half a second after SIGTERM, or never. */
async function startRun(end: string) {
  const script = `
    const { endOnSignals } = require('./helpers/jest/interruption');
    const { ownPlatforms } = require('./helpers/target/start/spawn-platform');
    endOnSignals();
    const platform = require('node:child_process').spawn(process.execPath, ['-e', \`
      process.on('SIGTERM', () => ${end});
      setInterval(() => undefined, 1_000);
      console.log('ready');\`], { stdio: ['ignore', 'pipe', 'ignore'] });
    ownPlatforms.add(platform.pid);
    platform.stdout.once('data', () => console.log(platform.pid));`;
  const child = spawn(process.execPath, ['-r', 'esbuild-register', '-e', script], { cwd: repositoryRoot() });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, platform: Number(line) };
}

const LINE = /interrupted by (\w+); the platform of the tests is ending; a second Ctrl-C does not wait for it\n$/;

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends a run of Jest after its platform', async (signal) => {
  const { child, platform } = await startRun('setTimeout(process.exit, 500)');
  const stderr = text(child.stderr);

  child.kill(signal);

  expect(await once(child, 'exit')).toEqual([null, signal]);
  expect(isAlive(platform)).toBe(false);
  expect(LINE.exec(await stderr)?.[1]).toBe(signal);
});

test('a second signal does not wait for the platform', async () => {
  const { child, platform } = await startRun('undefined');
  const exit = once(child, 'exit');

  child.kill('SIGINT');
  await once(child.stderr, 'data');
  child.kill('SIGINT');

  expect(await exit).toEqual([null, 'SIGINT']);
  process.kill(platform, 'SIGKILL');
});

test('a run of Jest without a platform says that it was interrupted', async () => {
  const script = `require('./helpers/jest/interruption').endOnSignals(); setInterval(() => undefined, 1_000); console.log(1)`;
  const child = spawn(process.execPath, ['-r', 'esbuild-register', '-e', script], { cwd: repositoryRoot() });
  await once(child.stdout, 'data');
  const stderr = text(child.stderr);

  child.kill('SIGINT');

  expect(await once(child, 'exit')).toEqual([null, 'SIGINT']);
  expect(await stderr).toBe('\ntuningfork: interrupted by SIGINT\n');
});
