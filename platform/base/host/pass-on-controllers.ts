import { mkdir, readFile, rmdir, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { LIMIT_CONTROLLERS, ownCommonGroup, PROCESSES_GROUP, type OwnGroup } from './cgroup-base';
import { errorCode, ignoreCodes } from '../error-details';

/** Processes that start meanwhile are moved by the next round. */
const MAX_ROUNDS = 20;

/**
 * Lets groups below that of this process have the controllers of limits. In version 2 a group with
 * processes of its own cannot pass any on: they are moved to one below it, where that disturbs
 * nothing else. Changes nothing where the host does not allow it, and can be repeated.
 */
export async function passOnControllers(
  own: OwnGroup | null = ownCommonGroup(),
  controllers: readonly string[] = LIMIT_CONTROLLERS,
): Promise<void> {
  if (own === null) return;
  const missing = await missingControllers(own.path, controllers);
  if (missing.length === 0 || (await passOn(own.path, missing)) || !(await isMovable(own))) return;
  const processes = join(own.path, PROCESSES_GROUP);
  await mkdir(processes, { recursive: true });
  if ((await moveAll(own.path, processes)) && (await passOn(own.path, missing))) return;
  await moveAll(processes, own.path);
  await rmdir(processes).catch(ignoreCodes('EBUSY', 'ENOENT')); // another platform's start uses it
}

/** Those that the group has, and does not pass on. */
async function missingControllers(group: string, controllers: readonly string[]): Promise<string[]> {
  const passedOn = await words(join(group, 'cgroup.subtree_control'));
  const available = await words(join(group, 'cgroup.controllers'));
  return controllers.filter((name) => available.includes(name) && !passedOn.includes(name));
}

async function words(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(ignoreCodes('ENOENT', 'EACCES'));
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}

const REFUSED = ['EBUSY', 'EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTSUP'];

/** Whether the kernel allowed it. */
async function passOn(group: string, controllers: readonly string[]): Promise<boolean> {
  const change = controllers.map((name) => `+${name}`).join(' ');
  try {
    await writeFile(join(group, 'cgroup.subtree_control'), change, { flag: 'r+' });
    return true;
  } catch (error) {
    if (!REFUSED.includes(errorCode(error) ?? '')) throw error;
    return false;
  }
}

/**
 * A container's outermost group, one that was delegated to the user of this process, or as root a
 * scope or a group that systemd did not make. systemd starts the next process of a service in the
 * group of the service itself, which is impossible once it passes controllers on.
 */
async function isMovable({ path, mountPoint }: OwnGroup): Promise<boolean> {
  if (path === mountPoint) return true;
  if ((await words(join(path, 'cgroup.procs'))).includes('1')) return false;
  const { uid } = await stat(path);
  if (uid !== process.geteuid?.()) return false;
  return uid !== 0 || !/\.(service|slice)$/.test(basename(path));
}

/** Whether none is left. */
async function moveAll(from: string, to: string): Promise<boolean> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const pids = await words(join(from, 'cgroup.procs'));
    if (pids.length === 0) return true;
    for (const pid of pids) if (!(await move(pid, to))) return false;
  }
  return false;
}

async function move(pid: string, group: string): Promise<boolean> {
  try {
    await writeFile(join(group, 'cgroup.procs'), pid, { flag: 'r+' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return true; // it has ended
    if (![...REFUSED, 'EINVAL'].includes(errorCode(error) ?? '')) throw error;
    return false;
  }
}
