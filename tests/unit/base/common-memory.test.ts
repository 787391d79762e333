import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commonMemoryBytes } from '../../../platform/base/host/cgroup-base';
import { testDirectory } from '../../test-directory';

/** Directories in place of control groups: the hierarchy, a service, and a group in that. */
const root = testDirectory();
const service = join(root, 'service');
const processes = join(service, 'processes');
mkdirSync(processes, { recursive: true });

test.each([
  ['no group has the controller', {}, Infinity],
  ['no group has a limit', { service: 'max', processes: 'max' }, Infinity],
  ['a group above has one', { service: '4096', processes: 'max' }, 4_096],
  ['the own one is lower', { service: '4096', processes: '2048' }, 2_048],
  ['the own one is higher', { service: '4096', processes: '8192' }, 4_096],
])('the memory of the groups where %s', (_where, limits: { service?: string; processes?: string }, bytes) => {
  for (const [group, limit] of [[service, limits.service] as const, [processes, limits.processes] as const])
    if (limit !== undefined) writeFileSync(join(group, 'memory.max'), `${limit}\n`);

  expect(commonMemoryBytes({ mountPoint: root, path: processes })).toBe(bytes);
});
