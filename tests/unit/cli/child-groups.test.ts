import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { endGroupOnAbort } from '../../../helpers/child-groups';

const startShell = (script: string) =>
  spawn('sh', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });

test('the child gets the signal, and what it leaves in its group is killed', async () => {
  const stop = new AbortController();
  // a background process of a shell ignores SIGINT
  const child = startShell('(while :; do sleep 1; done) & echo ready; wait');
  const output = text(child.stdout);
  endGroupOnAbort(child, stop.signal);
  const exited = once(child, 'exit');
  await new Promise((resolve) => child.stdout.once('data', resolve));

  stop.abort();

  expect(await exited).toEqual([null, 'SIGINT']);
  expect(await output).toBe('ready\n'); // ends once no process of the group is left
});

test('a child that starts after the abort is ended, too', async () => {
  const child = startShell('sleep 60');
  endGroupOnAbort(child, AbortSignal.abort(), 'SIGTERM');

  expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
});

test('a child that ends by itself is not signalled', async () => {
  const stop = new AbortController();
  const child = startShell('exit 3');
  endGroupOnAbort(child, stop.signal);

  expect(await once(child, 'exit')).toEqual([3, null]);
  expect(() => stop.abort()).not.toThrow();
});
