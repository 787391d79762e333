import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { repositoryRoot } from '../../../helpers/repository-root';

/** A process whose release takes `ms`. Resolves once it waits for a signal. */
async function startProcess(ms: number) {
  const script = `
    const { releaseOnSignal } = require('./helpers/target/release-on-signal');
    releaseOnSignal('the packs are being removed', async () => {
      console.log('started');
      await new Promise((resolve) => setTimeout(resolve, ${ms}));
      console.log('released');
    });
    setInterval(() => {}, 1_000);
    console.log('ready');`;
  const child = spawn(process.execPath, ['-r', 'esbuild-register', '-e', script], { cwd: repositoryRoot() });
  await once(child.stdout, 'data');
  return child;
}

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends the process after its release', async (signal) => {
  const child = await startProcess(100);
  const output = text(child.stdout);

  child.kill(signal);

  expect(await once(child, 'exit')).toEqual([null, signal]);
  expect(await output).toBe('started\nreleased\n');
});

test('a second signal ends the process at once', async () => {
  const child = await startProcess(60_000);

  child.kill('SIGINT');
  await once(child.stdout, 'data');
  child.kill('SIGINT');

  expect(await once(child, 'exit')).toEqual([null, 'SIGINT']);
});
