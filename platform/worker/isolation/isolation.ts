import { randomUUID } from 'node:crypto';
import { chown, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { artifactsDirectory, environmentsDirectory, packsDirectory, workerTemporaryDirectory } from '../../directories';
import { resolvesToDirectory } from '../../path-checks';
import { runForNoExecution } from '../crash';
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
import { openPlatformNetwork, type PlatformAddress, type PlatformNetwork } from './platform-network';
import {
  sandboxCommand,
  type IsolationMode,
  type SandboxKind,
  type SandboxLimits,
  type SandboxNetwork,
  type ShellCommand,
  type TenantSandbox,
} from './sandbox-command';

/** Starts shells that are confined to what one tenant may use. */
export interface Isolation {
  readonly mode: IsolationMode;
  readonly limits: SandboxLimits;
  /** User id of the tenant's programs, as they see it. */
  uidOf(tenant: number): number;
  /** The command of a shell for the programs of a tenant. */
  shellFor(kind: SandboxKind): Promise<ShellCommand>;
  /** The command of a shell for a step of an environment build of a tenant. */
  buildShellFor(tenant: number, view: BuildView): Promise<BuildShell>;
  /** Ends the connections of programs to the platform. */
  close(): Promise<void>;
}

interface BuildShell extends ShellCommand {
  /** A file that is not needed once the shell waits. */
  readonly mountTable: string;
}

/** What a step of an environment build sees beside what a program of its tenant sees. */
export interface BuildView {
  readonly writable: readonly string[];
  readonly readable: readonly string[];
}

export interface IsolationOptions {
  /** The platform's directory. */
  readonly directory: string;
  readonly worker: string;
  /** Path of the platform's own program; null: no program needs it. */
  readonly program: string | null;
  /** Directories of the project that the platform's own program reads. */
  readonly projectDirectories: readonly string[];
  readonly interpreters: readonly string[];
  /** Path of Python; null: the network `api-only` cannot be made. */
  readonly python: string | null;
  /** What the network `api-only` leads to. */
  readonly platform: PlatformAddress;
  /** Directories of the host that every program may write. */
  readonly sharedPaths: readonly string[];
  /** As root: the user id of tenant 0. */
  readonly firstUid: number;
  readonly limits: SandboxLimits;
  /** Size of each private file system, bytes. */
  readonly privateBytes: number;
}

const OWNER_ONLY = 0o700;
/** The host's POSIX message queues, whatever the IPC namespace. */
const MESSAGE_QUEUES = '/dev/mqueue';
const MAX_UID = 2 ** 31 - 1;

/** How this process can confine others, if the host allows it. */
export const isolationMode = (): IsolationMode => (process.getuid?.() === 0 ? 'root' : 'user');

export function createIsolation(options: IsolationOptions): Isolation {
  const mode = isolationMode();
  const uidOf = (tenant: number) => (mode === 'root' ? tenantUid(options.firstUid, tenant) : process.getuid!());
  const sandboxes = onePerTenant((tenant) => prepareTenant(options, mode, { tenant, uid: uidOf(tenant) }));
  const networks = onePerTenant(() => openNetwork(options, mode));
  const networkOf = async ({ tenant, network }: SandboxKind): Promise<SandboxNetwork> => {
    if (network === 'api-only') return networks.of(tenant);
    return network === 'none' ? 'none' : 'host';
  };
  return {
    mode,
    limits: options.limits,
    uidOf,
    shellFor: async (kind) => sandboxCommand(await sandboxes.of(kind.tenant), await networkOf(kind)),
    close: async () => {
      for (const network of await networks.all()) network.close();
    },
    buildShellFor: async (tenant, view) => {
      const sandbox = await prepareBuild(options, mode, { tenant, uid: uidOf(tenant) }, view);
      return { ...sandboxCommand(sandbox, 'host'), mountTable: sandbox.mountTable };
    },
  };
}

/** A failed one is made again. */
function onePerTenant<T>(make: (tenant: number) => Promise<T>) {
  const made = new Map<number, Promise<T>>();
  return {
    of: (tenant: number): Promise<T> => {
      const existing = made.get(tenant);
      if (existing !== undefined) return existing;
      const one = make(tenant);
      made.set(tenant, one);
      one.catch(() => made.delete(tenant));
      return one;
    },
    all: async (): Promise<T[]> => {
      const settled = await Promise.allSettled(made.values());
      return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    },
  };
}

/** It serves all attempts of the tenant. */
function openNetwork({ python, platform }: IsolationOptions, mode: IsolationMode): Promise<PlatformNetwork> {
  if (python === null) return Promise.reject(new Error('the network api-only needs python3'));
  return runForNoExecution(() => openPlatformNetwork({ mode, python, address: platform }));
}

/** Whose programs are confined. */
interface Confined {
  readonly tenant: number;
  readonly uid: number;
}

/** Of a program of a pack. */
async function prepareTenant(
  options: IsolationOptions,
  mode: IsolationMode,
  confined: Confined,
): Promise<TenantSandbox> {
  const { tenant, uid } = confined;
  const own = [artifactsDirectory(options, { tenant }), join(environmentsDirectory(options, { tenant }), '.go')];
  for (const path of own) await mkdir(path, { recursive: true });
  if (mode === 'root') for (const path of own) await chown(path, uid, uid);
  return prepareShell(options, mode, confined, { name: String(tenant), readable: [], writable: own });
}

/** What an installer needs, whatever the limits of actions are. */
const MIN_BUILD_LIMITS = { openFiles: 4_096, fileBytes: 1_024 ** 3, memoryBytes: 2 * 1_024 ** 3, processes: 1_024 };

async function prepareBuild(
  options: IsolationOptions,
  mode: IsolationMode,
  confined: Confined,
  view: BuildView,
): Promise<TenantSandbox> {
  const limits = {
    openFiles: Math.max(options.limits.openFiles, MIN_BUILD_LIMITS.openFiles),
    fileBytes: Math.max(options.limits.fileBytes, MIN_BUILD_LIMITS.fileBytes),
    memoryBytes: Math.max(options.limits.memoryBytes, MIN_BUILD_LIMITS.memoryBytes),
    processes: Math.max(options.limits.processes, MIN_BUILD_LIMITS.processes),
    tenantProcesses: Math.max(options.limits.tenantProcesses, MIN_BUILD_LIMITS.processes),
  };
  const buildOptions = { ...options, sharedPaths: [], limits, privateBytes: limits.fileBytes };
  return prepareShell(buildOptions, mode, confined, { ...view, name: `${confined.tenant}-${randomUUID()}` });
}

/** Writes the mount table `name`, and creates the directories that it needs. */
async function prepareShell(
  options: IsolationOptions,
  mode: IsolationMode,
  { tenant, uid }: Confined,
  { name, ...view }: BuildView & { readonly name: string },
): Promise<TenantSandbox> {
  const temporary = join(workerTemporaryDirectory(options), 'sandbox');
  const root = join(temporary, 'root');
  await mkdir(root, { recursive: true, mode: OWNER_ONLY });
  const common = [join(packsDirectory(options), String(tenant)), environmentsDirectory(options, { tenant })];
  for (const path of common) await mkdir(path, { recursive: true });
  const mounts = await hostView(options, mode, [...common, ...view.readable], view.writable);
  const path = join(temporary, `${name}.mounts`);
  const { privateBytes, limits } = options;
  await writeFile(path, mountTable({ ...mounts, ...mountRights(mode, uid), root, privateBytes }));
  const gid = mode === 'root' ? uid : process.getgid!();
  return { mode, uid, gid, mountTable: path, root, limits };
}

/** A user namespace has one user, 0, and keeps mounts together that were made outside. */
const mountRights = (mode: IsolationMode, uid: number) =>
  mode === 'root' ? { uid, bindKind: 'bind' as const } : { uid: 0, bindKind: 'rbind' as const };

function tenantUid(firstUid: number, tenant: number): number {
  if (firstUid + tenant <= MAX_UID) return firstUid + tenant;
  throw new Error(`tenant ${tenant} has no user id: ${firstUid} + ${tenant} is above ${MAX_UID}`);
}

async function hostView(
  options: IsolationOptions,
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
    hidden: [...outermost(hidden).filter((path) => isCovered(path, visible)), ...(await existing([MESSAGE_QUEUES]))],
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
