import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLimitGroup } from '../../../platform/worker/process/limit-group';
import { testDirectory } from '../../test-directory';

const LIMITS = { memoryBytes: 2 ** 30, processes: 64 };

/** A directory in place of a control group of version 2, with the files of both controllers. */
const group = testDirectory();
const write = (name: string, text: string) => writeFileSync(join(group, name), text);
const read = (name: string) => readFileSync(join(group, name), 'utf8');
beforeEach(() => {
  for (const name of ['memory.max', 'memory.swap.max', 'pids.max']) write(name, '');
  write('memory.events', 'low 0\nhigh 0\nmax 12\noom 0\noom_kill 0\n');
  write('pids.events', 'max 0\n');
});

const open = (resource: 'memory' | 'processes', path = group) =>
  openLimitGroup({ path, version: 2, resource, limits: LIMITS });

test('in version 2 the limits of the group itself are set, without swap space', async () => {
  await open('memory');
  await open('processes');

  expect([read('memory.max'), read('memory.swap.max'), read('pids.max')]).toEqual(['1073741824', '0', '64']);
});

test('memory that was reclaimed in time is not a limit that was reached', async () => {
  expect((await open('memory')).reached()).toBeNull();
});

test('one process that was killed or not started is a limit that was reached', async () => {
  const [memory, processes] = [await open('memory'), await open('processes')];
  write('memory.events', 'low 0\nhigh 0\nmax 12\noom 1\noom_kill 1\n');
  write('memory.events.local', 'low 0\nhigh 0\nmax 12\noom 1\noom_kill 1\n');
  write('pids.events', 'max 3\n');

  expect([memory.reached(), processes.reached()]).toEqual([
    { resource: 'memory', limit: 2 ** 30 },
    { resource: 'processes', limit: 64 },
  ]);
});

test('a group without the controller is refused, and no file is made', async () => {
  const path = join(group, 'without');
  mkdirSync(path);

  await expect(open('memory', path)).rejects.toMatchObject({ code: 'ENOENT' });
});
