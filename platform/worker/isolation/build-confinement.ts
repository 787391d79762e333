import { lchown, lstat, mkdir } from 'node:fs/promises';
import { nullIfUnusable } from '../../files/regular-file';
import { walkTree } from '../../files/walk-tree';
import type { Cgroups } from '../process/cgroups';
import type { CgroupPlacement } from '../process/spawn';
import type { Isolation } from './isolation';
import { buildLimits, type BuildView } from './prepare-confinement';

/** Confinements for the steps of environment builds: one for each step. */
export interface BuildConfinement {
  /** Where a step runs. Directories that it writes are created, and given to the tenant's user. */
  place(tenant: number, view: BuildView): Promise<CgroupPlacement>;
}

interface BuildConfinementOptions {
  readonly isolation: Isolation;
  /** Null where the host allows no control groups. */
  readonly cgroups: Pick<Cgroups, 'create'> | null;
}

export function createBuildConfinement({ isolation, cgroups }: BuildConfinementOptions): BuildConfinement {
  let steps = 0;
  return {
    place: async (tenant, view) => {
      for (const path of view.writable) await handOver(path, isolation.uidOf(tenant));
      const preforkPool = {
        canExec: () => true,
        acquire: async () => {
          const cgroup = (await cgroups?.create(tenant, buildLimits(isolation.limits))) ?? null;
          return isolation.startBuild(tenant, view, cgroup);
        },
      };
      return { cgroups, preforkPool, tenant, network: 'full', owner: `environments-${tenant}`, run: ++steps };
    },
  };
}

/** Creates the directory, or changes the owner of everything in it. */
async function handOver(path: string, uid: number): Promise<void> {
  await mkdir(path, { recursive: true });
  if ((await lstat(path)).uid !== uid) await changeOwner(path, uid);
}

async function changeOwner(path: string, uid: number): Promise<void> {
  await lchown(path, uid, uid);
  await walkTree(path, async (directory, entries) => {
    for (const { name } of entries) await lchown(directory.entryOfBytes(name), uid, uid).catch(nullIfUnusable);
  });
}
