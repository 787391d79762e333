import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { repositoryRoot } from '../../../helpers/repository-root';

const PRELUDE = `
  const { endOnUnhandledSignals, interruptible, waitForStop } = require('./cli/stop-cause');
  const { unlessInterrupted } = require('./helpers/unless-interrupted');
  endOnUnhandledSignals();
  const forever = () => new Promise(() => setInterval(() => undefined, 1_000));`;

/** A process that runs the script. Resolves once it has printed its first line. */
async function startScript(script: string) {
  const child = spawn(process.execPath, ['-r', 'esbuild-register', '-e', PRELUDE + script], { cwd: repositoryRoot() });
  const stderr = text(child.stderr);
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const nextLine = async () => (await lines.next()).value as string;
  return { child, nextLine, first: await nextLine(), end: async () => ({ end: await exited, stderr: await stderr }) };
}

const WORK = `
  void interruptible('nothing was started', async (stop, report) => {
    console.log('ready');
    report('execution 41 goes on');
    await unlessInterrupted(stop, forever());
  });`;

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends work by the signal, with one line', async (signal) => {
  const script = await startScript(WORK);

  script.child.kill(signal);

  const stderr = `tuningfork: interrupted by ${signal}; execution 41 goes on\n`;
  expect(await script.end()).toEqual({ end: [null, signal], stderr });
});

test('RT-04 an error of the cleanup is printed inert, before the line', async () => {
  const script = await startScript(`
    const { CommandError } = require('./cli/failures');
    void interruptible('cleaned up', async (stop) => {
      console.log('ready');
      await unlessInterrupted(stop, forever()).catch(() => { throw new CommandError('LEFT_BEHIND: /tmp/x\\u001b[2J', 4); });
    });`);

  script.child.kill('SIGTERM');

  const stderr = 'tuningfork: LEFT_BEHIND: /tmp/x\\u001b[2J\ntuningfork: interrupted by SIGTERM; cleaned up\n';
  expect(await script.end()).toEqual({ end: [null, 'SIGTERM'], stderr });
});

test('work that ends after the signal does not hide it', async () => {
  const script = await startScript(`
    void interruptible('the step has ended', async (stop) => {
      setTimeout(() => undefined, 60_000).unref();
      console.log('ready');
      await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }) ?? forever());
    });`);

  script.child.kill('SIGINT');

  const stderr = 'tuningfork: interrupted by SIGINT; the step has ended\n';
  expect(await script.end()).toEqual({ end: [null, 'SIGINT'], stderr });
});

test.each([
  ['before the work', `console.log('ready'); void forever();`],
  [
    'after the work',
    `void interruptible('', async () => undefined).then(() => { console.log('ready'); return forever(); });`,
  ],
])('a signal %s ends the command with one line', async (_, work) => {
  const script = await startScript(work);

  script.child.kill('SIGINT');

  expect(await script.end()).toEqual({ end: [null, 'SIGINT'], stderr: 'tuningfork: interrupted by SIGINT\n' });
});

test('a second signal ends the command at once, and its child groups', async () => {
  const script = await startScript(`
    const { spawn } = require('node:child_process');
    const { endGroupOnAbort } = require('./helpers/child-groups');
    void interruptible('', async (stop) => {
      const child = spawn('sh', ['-c', 'trap "echo caught" INT; echo started; while :; do sleep 1 & wait; done'], {
        detached: true,
        stdio: ['ignore', 'inherit', 'ignore'],
      });
      endGroupOnAbort(child, stop);
      await forever();
    });`);
  expect(script.first).toBe('started');

  script.child.kill('SIGINT');
  expect(await script.nextLine()).toBe('caught');
  script.child.kill('SIGINT');

  const stderr = 'tuningfork: SIGINT again: ended at once, what still ran is killed\n';
  expect(await script.end()).toEqual({ end: [null, 'SIGINT'], stderr });
  expect(await script.nextLine()).toBeUndefined(); // no process holds the output
});
