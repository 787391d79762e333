import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { endGroupOnAbort } from '../../../helpers/child-groups';
import { memberOfRun, newRunMark } from '../../../helpers/run-mark';

const start = (command: string, ...args: string[]) =>
  spawn(command, args, { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
// not from a shell: dash loses a SIGINT that arrives while it starts a program
const startSleep = () => start('sleep', '60');

/** Starts a process that ignores SIGINT and has its output. */
const START_IGNORING = `
  const { spawn } = require('node:child_process');
  spawn('sh', ['-c', 'trap "" INT; echo ready; exec sleep 60'], { stdio: 'inherit' });
`;

test('the child gets the signal, and what it leaves in its group is killed', async () => {
  const stop = new AbortController();
  const child = start(process.execPath, '-e', START_IGNORING);
  const output = text(child.stdout);
  endGroupOnAbort(child, stop.signal);
  const exited = once(child, 'exit');
  await new Promise((resolve) => child.stdout.once('data', resolve));

  stop.abort();

  expect(await exited).toEqual([null, 'SIGINT']);
  expect(await output).toBe('ready\n'); // ends once no process of the group is left
});

test('a child that starts after the abort is ended, too', async () => {
  const child = startSleep();
  endGroupOnAbort(child, AbortSignal.abort(), { signal: 'SIGTERM' });

  expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
});

test('a child that ends by itself is not signalled', async () => {
  const stop = new AbortController();
  const child = start('sh', '-c', 'exit 3');
  endGroupOnAbort(child, stop.signal);

  expect(await once(child, 'exit')).toEqual([3, null]);
  expect(() => stop.abort()).not.toThrow();
});

/** Starts a service in a group of its own, and ends. */
const START_SERVICE = `setsid sh -c 'echo started; sleep 20; echo late' &`;

test('a service that a member of the run has left in another group is killed', async () => {
  const mark = newRunMark();
  const env = { ...process.env, ...memberOfRun(mark) };
  const service = spawn('sh', ['-c', START_SERVICE], { detached: true, env, stdio: ['ignore', 'pipe', 'ignore'] });
  const started = text(service.stdout);
  const child = startSleep();
  const stop = new AbortController();
  endGroupOnAbort(child, stop.signal, { mark });
  await once(service.stdout, 'data');

  stop.abort();

  await once(child, 'exit');
  expect(await started).toBe('started\n'); // ends with the service, which has the pipe
});
