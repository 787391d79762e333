import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../base/error-details';
import { removeIfEmpty } from './cgroup-tree';
import type { LimitGroups } from './limit-groups';

/** The groups above those of the programs of one worker: one for each tenant that has programs. */
export interface TenantGroups {
  /** Where the groups of a tenant's programs are, until `leave` is called. */
  enter(tenant: number): Promise<TenantGroup>;
}

interface TenantGroup {
  readonly path: string;
  readonly leave: () => void;
}

/** `ready`: settles when the last change of the group has ended. */
interface Use {
  programs: number;
  ready: Promise<void>;
}

/** How often a group is created again that another worker has just removed. */
const MAX_TRIES = 10;

export function openTenantGroups(
  base: string,
  worker: string,
  limitGroups: Pick<LimitGroups, 'openTenant' | 'closeTenant'>,
): TenantGroups {
  const uses = new Map<number, Use>();

  const leave = (tenant: number, use: Use): void => {
    if (--use.programs > 0) return;
    const close = async () => {
      if (use.programs > 0) return; // it is used again
      await removeIfEmpty(join(base, String(tenant), worker));
      await removeIfEmpty(join(base, String(tenant)));
      await limitGroups.closeTenant(tenant);
    };
    const closed = use.ready.then(close, close).catch(() => undefined); // it remains, empty, until the worker ends
    use.ready = closed;
    void closed.then(() => use.ready === closed && uses.delete(tenant));
  };

  return {
    enter: async (tenant) => {
      const use = uses.get(tenant) ?? { programs: 0, ready: Promise.resolve() };
      uses.set(tenant, use);
      const path = join(base, String(tenant), worker);
      if (++use.programs === 1) {
        const open = () => openGroup(path, () => limitGroups.openTenant(tenant));
        use.ready = use.ready.then(open, open);
      }
      try {
        await use.ready;
      } catch (error) {
        leave(tenant, use);
        throw error;
      }
      return { path, leave: () => leave(tenant, use) };
    },
  };
}

/** Another worker removes the tenant's group when it uses it no longer. */
async function openGroup(path: string, openLimits: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await mkdir(path, { recursive: true });
      await openLimits();
      return;
    } catch (error) {
      if (errorCode(error) !== 'ENOENT' || tries === MAX_TRIES) throw error;
    }
  }
}
