import { runForNoExecution } from '../crash';
import { openPlatformNetwork, type PlatformAddress, type PlatformNetwork } from './platform-network';
import { prepareBuild, prepareTenant, type BuildView, type SandboxOptions } from './prepare-sandbox';
import {
  sandboxCommand,
  type IsolationMode,
  type SandboxKind,
  type SandboxLimits,
  type SandboxNetwork,
  type ShellCommand,
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

export interface IsolationOptions extends SandboxOptions {
  /** Path of Python; null: the network `api-only` cannot be made. */
  readonly python: string | null;
  /** What the network `api-only` leads to. */
  readonly platform: PlatformAddress;
  /** As root: the user id of tenant 0. */
  readonly firstUid: number;
}

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

function tenantUid(firstUid: number, tenant: number): number {
  if (firstUid + tenant <= MAX_UID) return firstUid + tenant;
  throw new Error(`tenant ${tenant} has no user id: ${firstUid} + ${tenant} is above ${MAX_UID}`);
}
