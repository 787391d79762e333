import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { startedByNow } from '../../../platform/worker/process/process-table';

const children: ChildProcess[] = [];
afterAll(() => children.forEach((child) => child.kill('SIGKILL')));

const startChild = async (): Promise<number> => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  children.push(child);
  await once(child, 'spawn');
  return child.pid!;
};

test('a process that starts later is none that has started', async () => {
  const earlier = await startChild();
  const hadStarted = startedByNow();
  const later = await startChild();

  expect([process.pid, earlier, later].map(hadStarted)).toEqual([true, true, false]);
});

test('no process has started that does not exist', () => {
  expect(startedByNow()(2 ** 22 + 1)).toBe(false);
});
