import { join } from 'node:path';
import { runForNoExecution } from '../crash';
import type { Cgroup } from '../process/cgroup';
import type { PreforkProcess } from '../process/pool/prefork-process';
import { openPlatformNetwork, type PlatformAddress, type PlatformNetwork } from './platform-network';
import { prepareBuild, prepareTenant, type BuildView, type ConfinementOptions } from './prepare-confinement';
import { launcherDirectory, openConfinementLauncher, type ConfinementLauncher } from './confinement-launcher';
import {
  confinementSpec,
  type ClosedAddresses,
  type IsolationMode,
  type ConfinementKind,
  type ConfinementLimits,
  type ConfinementNetwork,
  type ConfinementSpec,
} from './confinement-spec';
import { warmInterpretersDirectory, type WarmInterpreter } from './warm-interpreter';

/** Starts processes that are confined to what one tenant may use. */
export interface Isolation {
  readonly mode: IsolationMode;
  readonly limits: ConfinementLimits;
  /** User id of the tenant's programs, as they see it. */
  uidOf(tenant: number): number;
  /**
   * Resolves when a process waits for a program of a tenant; `interpreter`: for one in its
   * language. Rejects with the reason why the host confines none, and leaves neither it nor its
   * group behind.
   */
  start(kind: ConfinementKind, cgroup: Cgroup | null, interpreter?: WarmInterpreter): Promise<PreforkProcess>;
  /** Resolves when a process waits for a step of an environment build of a tenant. */
  startBuild(tenant: number, view: BuildView, cgroup: Cgroup | null): Promise<PreforkProcess>;
  /** Ends the connections of programs to the platform, and starts no more processes. */
  close(): Promise<void>;
}

export interface IsolationOptions extends ConfinementOptions {
  /** Path of Python; null: no process can be confined. */
  readonly python: string | null;
  /** Path of bubblewrap, where it makes the confinements; null: the launcher does. */
  readonly bubblewrap: string | null;
  /** Directory of the project. */
  readonly root: string;
  /** Environment of the processes that wait. */
  readonly variables: Readonly<Record<string, string>>;
  /** What the network `api-only` leads to. */
  readonly platform: PlatformAddress;
  /** As root with control groups: what programs in `full` do not reach. */
  readonly closedAddresses: () => Promise<ClosedAddresses>;
  /** As root: the user id of tenant 0. */
  readonly firstUid: number;
  /** Receives what the host does not allow, where programs are confined without it. */
  readonly onWarning: (text: string) => void;
}

const MAX_UID = 2 ** 31 - 1;
const NO_PYTHON = 'no program python3 was found';

/** How this process can confine others, if the host allows it. */
export const isolationMode = (): IsolationMode => (process.getuid?.() === 0 ? 'root' : 'user');

export function createIsolation(options: IsolationOptions): Isolation {
  const mode = isolationMode();
  const uidOf = (tenant: number) => (mode === 'root' ? tenantUid(options.firstUid, tenant) : process.getuid!());
  const { bubblewrap, root } = options;
  const confinementOptions = { ...options, projectDirectories: visibleOfProject(options) };
  const confinements = onePerTenant((tenant) => {
    const projectDirectories = [...confinementOptions.projectDirectories, warmInterpretersDirectory(root)];
    return prepareTenant({ ...options, projectDirectories }, mode, { tenant, uid: uidOf(tenant) });
  });
  const networks = openNetworks(options, mode);
  const closedTo = closedToGroup(mode, options);
  let launcher: ConfinementLauncher | null = null;
  const runningLauncher = (): ConfinementLauncher => {
    if (launcher?.isOpen() !== true) launcher = openLauncher(options);
    return launcher;
  };
  const launch = async (cgroup: Cgroup | null, prepare: () => Promise<ConfinementSpec>): Promise<PreforkProcess> => {
    try {
      return await runningLauncher().start(await prepare(), cgroup);
    } catch (error) {
      await cgroup?.remove();
      throw error;
    }
  };
  return {
    mode,
    limits: options.limits,
    uidOf,
    start: (kind, cgroup, interpreter) =>
      launch(cgroup, async () => {
        const network = await networks.of(kind);
        return confinementSpec(await confinements.of(kind.tenant), {
          bubblewrap,
          network,
          closed: network === 'host' ? await closedTo(cgroup) : null,
          interpreter: interpreter ? interpreterCommand(interpreter, root) : null,
        });
      }),
    startBuild: (tenant, view, cgroup) =>
      launch(cgroup, async () => {
        const confinement = await prepareBuild(confinementOptions, mode, { tenant, uid: uidOf(tenant) }, view);
        const closed = await closedTo(cgroup);
        // A registry may be on this host.
        return confinementSpec(confinement, {
          bubblewrap,
          network: 'host',
          closed: closed && { ...closed, ofHost: false },
        });
      }),
    close: async () => {
      await networks.close();
      await launcher?.close();
    },
  };
}

/** The first process of a confinement that bubblewrap makes is the launcher's. */
const visibleOfProject = ({ projectDirectories, bubblewrap, root }: IsolationOptions): readonly string[] =>
  bubblewrap === null ? projectDirectories : [...projectDirectories, launcherDirectory(root)];

/** What the processes of a control group do not reach; only root can close it to them. */
function closedToGroup(mode: IsolationMode, { closedAddresses }: IsolationOptions) {
  let addresses: Promise<ClosedAddresses> | null = null;
  return async (cgroup: Cgroup | null) => {
    if (mode !== 'root' || cgroup === null) return null;
    addresses ??= closedAddresses();
    return { group: cgroup.path, ...(await addresses) };
  };
}

const interpreterCommand = ({ command, waiter, env }: WarmInterpreter, root: string) => ({
  arguments: [...command, join(warmInterpretersDirectory(root), waiter)],
  env,
});

function openLauncher({ python, root, variables, onWarning }: IsolationOptions): ConfinementLauncher {
  if (python === null) throw new Error(NO_PYTHON);
  return openConfinementLauncher({ python, root, variables, onWarning });
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

/** A network of the platform alone serves all attempts of its tenant. */
function openNetworks(options: IsolationOptions, mode: IsolationMode) {
  const platformNetworks = onePerTenant(() => openNetwork(options, mode));
  return {
    of: async ({ tenant, network }: ConfinementKind): Promise<ConfinementNetwork> => {
      if (network === 'api-only') return (await platformNetworks.of(tenant)).namespaces;
      return network === 'none' ? 'none' : 'host';
    },
    close: async () => {
      for (const network of await platformNetworks.all()) network.close();
    },
  };
}

function openNetwork({ python, platform }: IsolationOptions, mode: IsolationMode): Promise<PlatformNetwork> {
  if (python === null) return Promise.reject(new Error(NO_PYTHON));
  return runForNoExecution(() => openPlatformNetwork({ mode, python, address: platform }));
}

/** The user of a tenant's programs, where the platform runs as root. */
export function tenantUid(firstUid: number, tenant: number): number {
  if (firstUid + tenant <= MAX_UID) return firstUid + tenant;
  throw new Error(`tenant ${tenant} has no user id: ${firstUid} + ${tenant} is above ${MAX_UID}`);
}
