import { chown, lchown, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  artifactsDirectory,
  environmentsDirectory,
  packsDirectory,
  workerTemporaryDirectory,
} from '../../base/directories';
import { nullIfUnusable } from '../../files/regular-file';
import { walkTree } from '../../files/walk-tree';
import { resolvesToDirectory } from '../../base/host/path-checks';
import {
  closedAncestor,
  isCovered,
  isWithin,
  mountOptions,
  neededDirectories,
  outermost,
  visibleDirectories,
} from './host-directories';
import { mountTable } from './mount-table';
import type { IsolationMode, ConfinementLimits, TenantConfinement } from './confinement-spec';

/** What all confinements of a worker have in common. */
export interface ConfinementOptions {
  /** The platform's directory. */
  readonly directory: string;
  readonly worker: string;
  /** Path of the platform's own program; null: no program needs it. */
  readonly program: string | null;
  /** Directories of the project that the platform's own program reads. */
  readonly projectDirectories: readonly string[];
  readonly interpreters: readonly string[];
  /** Directories of the host that every program may write. */
  readonly sharedPaths: readonly string[];
  readonly limits: ConfinementLimits;
  /** Size of each private file system, bytes. */
  readonly privateBytes: number;
}

/** What a step of an environment build sees beside what a program of its tenant sees. */
export interface BuildView {
  readonly writable: readonly string[];
  readonly readable: readonly string[];
}

const OWNER_ONLY = 0o700;
/**
 * What a program must not reach whatever its namespaces: the host's POSIX message queues, and its
 * control groups, by which a user who owns some could end the platform.
 */
const HIDDEN_OF_HOST = ['/dev/mqueue', '/sys/fs/cgroup'];

/** Whose programs are confined. */
interface Confined {
  readonly tenant: number;
  readonly uid: number;
}

/** Of a program of a pack. */
export async function prepareTenant(
  options: ConfinementOptions,
  mode: IsolationMode,
  confined: Confined,
): Promise<TenantConfinement> {
  const { tenant, uid } = confined;
  const artifacts = artifactsDirectory(options, { tenant });
  await mkdir(artifacts, { recursive: true });
  if (mode === 'root') await giveDirectory(artifacts, uid);
  return prepare(options, mode, confined, { readable: [], writable: [artifacts] });
}

/**
 * Gives a directory to the tenant's user, with the directories that the platform has made in it
 * before a program of the tenant could write there.
 */
async function giveDirectory(path: string, uid: number): Promise<void> {
  if ((await stat(path)).uid === uid) return;
  await walkTree(path, async (directory, entries) => {
    for (const entry of entries)
      if (entry.isDirectory()) await lchown(directory.entryOfBytes(entry.name), uid, uid).catch(nullIfUnusable);
  });
  // The last step: until then it is done again.
  await chown(path, uid, uid);
}

/** What an installer needs, whatever the limits of actions are. */
const MIN_BUILD_LIMITS: ConfinementLimits = {
  openFiles: 4_096,
  fileBytes: 1_024 ** 3,
  memoryBytes: 2 * 1_024 ** 3,
  processes: 1_024,
  tenantProcesses: 1_024,
};

export const buildLimits = (limits: ConfinementLimits): ConfinementLimits => ({
  openFiles: Math.max(limits.openFiles, MIN_BUILD_LIMITS.openFiles),
  fileBytes: Math.max(limits.fileBytes, MIN_BUILD_LIMITS.fileBytes),
  memoryBytes: Math.max(limits.memoryBytes, MIN_BUILD_LIMITS.memoryBytes),
  processes: Math.max(limits.processes, MIN_BUILD_LIMITS.processes),
  tenantProcesses: Math.max(limits.tenantProcesses, MIN_BUILD_LIMITS.tenantProcesses),
});

/** Of a step of an environment build. */
export async function prepareBuild(
  options: ConfinementOptions,
  mode: IsolationMode,
  confined: Confined,
  view: BuildView,
): Promise<TenantConfinement> {
  const limits = buildLimits(options.limits);
  const buildOptions = { ...options, sharedPaths: [], limits, privateBytes: limits.fileBytes };
  return prepare(buildOptions, mode, confined, view);
}

/** Creates the directories that the confinement needs. */
async function prepare(
  options: ConfinementOptions,
  mode: IsolationMode,
  { tenant, uid }: Confined,
  { readable, writable }: BuildView,
): Promise<TenantConfinement> {
  const root = join(workerTemporaryDirectory(options), 'root');
  await mkdir(root, { recursive: true, mode: OWNER_ONLY });
  const common = [join(packsDirectory(options), String(tenant)), environmentsDirectory(options, { tenant })];
  for (const path of common) await mkdir(path, { recursive: true });
  const view = await hostView(options, mode, [...common, ...readable], writable);
  const { privateBytes, limits } = options;
  const mounts = mountTable({ ...view, ...mountRights(mode, uid), privateBytes });
  const gid = mode === 'root' ? uid : process.getgid!();
  return { mode, uid, gid, mounts, root, limits };
}

/** A user namespace has one user, 0, and keeps mounts together that were made outside. */
const mountRights = (mode: IsolationMode, uid: number) =>
  mode === 'root' ? { uid, bindsAreRecursive: false } : { uid: 0, bindsAreRecursive: true };

async function hostView(
  options: ConfinementOptions,
  mode: IsolationMode,
  readable: readonly string[],
  own: readonly string[],
) {
  const { directory, program, projectDirectories, interpreters, sharedPaths } = options;
  const visible = visibleDirectories();
  const programDirectories = program === null ? [] : [dirname(program)];
  const needed = [...neededDirectories(interpreters, visible), ...projectDirectories, ...programDirectories];
  const exposed = outermost(await existing([...needed, ...readable]));
  const shared = await existing([...own, ...sharedPaths]);
  // What a tenant's user could not reach is mounted again in an empty directory.
  const closed = mode === 'root' ? [...exposed, ...shared].map(closedAncestor).filter((path) => path !== null) : [];
  const hidden = [directory, ...programDirectories.map((path) => dirname(path)), ...closed];
  return {
    visible,
    exposed,
    writable: shared,
    hidden: [...outermost(hidden).filter((path) => isCovered(path, visible)), ...(await existing(HIDDEN_OF_HOST))],
    home: await privateHome(visible, exposed),
    optionsOf: mountOptions(),
  };
}

/** A home directory is replaced by a private one, unless programs need it. */
async function privateHome(visible: readonly string[], exposed: readonly string[]): Promise<string | null> {
  const home = process.env.HOME ?? '';
  const isReplaceable = home.startsWith('/') && home !== '/' && !isCovered(home, exposed);
  if (!isReplaceable) return null;
  return isCovered(home, visible) && !(await resolvesToDirectory(home)) ? null : home;
}

async function existing(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map(async (path) => ((await resolvesToDirectory(path)) ? path : null)));
  return found.filter((path) => path !== null).filter((path) => !isWithin('/', path));
}
