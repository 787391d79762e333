// In version 2 a control group with processes passes no controller on to those below it.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownCommonGroup, PROCESSES_GROUP } from '../../../platform/base/host/cgroup-base';
import { passOnControllers } from '../../../platform/base/host/pass-on-controllers';
import { killAndRemoveTree } from '../../../platform/worker/process/cgroup-tree';

/** Where memory is in version 1: others that count no threads behave the same. */
const mountPoint = ownCommonGroup()?.mountPoint ?? '';
const words = (path: string) => readFileSync(path, 'utf8').split(/\s+/).filter(Boolean);
const controller =
  mountPoint === ''
    ? undefined
    : words(join(mountPoint, 'cgroup.controllers')).find((name) => ['memory', 'io', 'hugetlb'].includes(name));
const testWhereAllowed = process.getuid!() === 0 && controller !== undefined ? test : test.skip;

let wasPassedOn = true;
const made: string[] = [];
beforeAll(() => {
  if (process.getuid!() !== 0 || controller === undefined) return;
  wasPassedOn = words(join(mountPoint, 'cgroup.subtree_control')).includes(controller);
  writeFileSync(join(mountPoint, 'cgroup.subtree_control'), `+${controller}`);
});
afterAll(async () => {
  for (const path of made) await killAndRemoveTree(path);
  if (!wasPassedOn) writeFileSync(join(mountPoint, 'cgroup.subtree_control'), `-${controller}`);
});

/** A group with a process. */
function startGroup(name: string): { path: string; pid: string } {
  const path = join(mountPoint, name);
  mkdirSync(path);
  made.push(path);
  const pid = String(spawn('sleep', ['600'], { stdio: 'ignore' }).pid);
  writeFileSync(join(path, 'cgroup.procs'), pid);
  return { path, pid };
}

const passedOnBy = (path: string) => words(join(path, 'cgroup.subtree_control'));
const groupsBelow = (path: string) =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

testWhereAllowed('the processes of a group are moved below it, once', async () => {
  const { path, pid } = startGroup(`test-${process.pid}.scope`);

  await passOnControllers({ mountPoint, path }, [controller!]);
  await passOnControllers({ mountPoint, path }, [controller!]);

  expect(passedOnBy(path)).toEqual([controller]);
  expect(words(join(path, 'cgroup.procs'))).toEqual([]);
  expect(words(join(path, PROCESSES_GROUP, 'cgroup.procs'))).toEqual([pid]);
});

testWhereAllowed('a group without processes passes them on as it is', async () => {
  const path = join(mountPoint, `test-empty-${process.pid}`);
  mkdirSync(path);
  made.push(path);

  await passOnControllers({ mountPoint, path }, [controller!]);

  expect([passedOnBy(path), groupsBelow(path)]).toEqual([[controller], []]);
});

testWhereAllowed('the group of a service of the host stays as it is', async () => {
  const { path, pid } = startGroup(`test-${process.pid}.service`);

  await passOnControllers({ mountPoint, path }, [controller!]);

  expect([passedOnBy(path), groupsBelow(path), words(join(path, 'cgroup.procs'))]).toEqual([[], [], [pid]]);
});

testWhereAllowed('processes return where the host refuses it all the same', async () => {
  const { path, pid } = startGroup(`test-refused-${process.pid}`);
  const inner = join(path, 'threaded');
  mkdirSync(inner);
  writeFileSync(join(inner, 'cgroup.type'), 'threaded'); // a domain of threads passes no such controller on

  await passOnControllers({ mountPoint, path }, [controller!]);

  expect([passedOnBy(path), groupsBelow(path), words(join(path, 'cgroup.procs'))]).toEqual([[], ['threaded'], [pid]]);
  rmdirSync(inner);
});

test('a controller that the host does not have changes nothing', async () => {
  await passOnControllers(undefined, ['none']);
});
