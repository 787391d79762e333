import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, readdir, readlink, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cgroupBase } from '../../base/host/cgroup-base';
import { errorMessage, ignoreCodes } from '../../base/error-details';
import { passOnControllers } from '../../base/host/pass-on-controllers';
import { cgroupAt, type Cgroup } from './cgroup';
import { KILL_TIMEOUT_MS, killAndRemoveTree, removeGroupsOfWorker, removeIfEmpty, subdirectories } from './cgroup-tree';
import { detectLimitGroups, type LimitGroups, type ProgramLimits } from './limit-groups';
import type { GroupLimits } from './limit-group';
import { isEarlierRun, type ProgramRun } from './program-run';
import { openTenantGroups } from './tenant-groups';

/** The control groups of one worker. */
export interface Cgroups {
  /** Creates an empty one of a tenant, with limits of its own if any are given. */
  create(tenant: number, limits?: GroupLimits): Promise<Cgroup>;
  /** Kills what the owner's earlier runs left on this host, whichever worker ran them. */
  killEarlierRuns(run: ProgramRun): Promise<void>;
  /** Kills all processes in them, and removes them. */
  close(): Promise<void>;
}

type CgroupDetection =
  /** `missingLimits`: why the host cannot set those that were asked for. */
  | { readonly cgroups: Cgroups; readonly missingLimits: readonly string[] }
  | { readonly cgroups: null; readonly reason: string };

/** A worker, and the directory of its files: `<temporaryDirectory>/<worker>`. */
interface WorkerLocation {
  readonly instance: string;
  readonly worker: string;
  readonly temporaryDirectory: string;
  /** Absent: none. */
  readonly limits?: ProgramLimits | undefined;
}

/**
 * Tests with a process of its own whether this host allows control groups. The group of a program
 * is `<base>/<tenant>/<worker>/<number>`: what a tenant's programs use is summed over workers.
 * Groups that an earlier process of this worker left are killed and removed.
 */
export async function detectCgroups({
  instance,
  worker,
  temporaryDirectory,
  limits,
}: WorkerLocation): Promise<CgroupDetection> {
  const base = cgroupBase(instance);
  if (base === null) return { cgroups: null, reason: 'the host has no cgroup v2 hierarchy' };
  try {
    await passOnControllers();
    await mkdir(base, { recursive: true });
    await removeGroupsOfWorker(base, worker, killAndRemoveTree);
    const limitGroups = await detectLimitGroups(instance, base, worker, limits);
    const create = cgroupFactory(base, worker, limitGroups, join(temporaryDirectory, worker, LABEL_DIRECTORY));
    await probeCgroup(() => create(PROBE_TENANT));
    return {
      cgroups: {
        create,
        killEarlierRuns: killEarlierRunsIn(base, temporaryDirectory),
        close: async () => {
          await closeAll(base, worker);
          await limitGroups.close();
        },
      },
      missingLimits: limitGroups.missing,
    };
  } catch (error) {
    await closeAll(base, worker).catch(() => undefined); // a group that was not created need not be removed
    return { cgroups: null, reason: errorMessage(error) };
  }
}

/** Groups cannot be renamed: a symbolic link `<owner>.<run>` in this directory names the owner. */
const LABEL_DIRECTORY = 'groups';
/** No tenant has it: that of programs which are not confined. */
const PROBE_TENANT = 0;

function cgroupFactory(base: string, worker: string, limitGroups: LimitGroups, labels: string): Cgroups['create'] {
  const tenants = openTenantGroups(base, worker, limitGroups);
  let created = 0;
  return async (tenant, limits) => {
    const { path: parent, leave } = await tenants.enter(tenant);
    try {
      const path = join(parent, String(++created));
      await mkdir(path);
      const group = cgroupAt(path, await limitGroups.open(path, limits), labels);
      return { ...group, remove: () => group.remove().finally(leave) };
    } catch (error) {
      leave();
      throw error;
    }
  };
}

const killEarlierRunsIn =
  (base: string, temporaryDirectory: string) =>
  async ({ owner, run }: ProgramRun) => {
    for (const { name: worker } of await subdirectories(temporaryDirectory)) {
      const labels = join(temporaryDirectory, worker, LABEL_DIRECTORY);
      const names = (await readdir(labels).catch(ignoreCodes('ENOENT'))) ?? [];
      const earlier = names.filter((name) => isEarlierRun(name, `${owner}.`, run));
      await Promise.all(earlier.map((name) => removeLabelled(join(labels, name), base, worker)));
    }
  };

/** Follows a label only to a group of the worker that wrote it. */
async function removeLabelled(label: string, base: string, worker: string): Promise<void> {
  const path = await readlink(label).catch(ignoreCodes('ENOENT'));
  if (path !== undefined && isGroupOf(path, base, worker)) await killAndRemoveTree(path);
  await rm(label, { force: true });
}

const isGroupOf = (path: string, base: string, worker: string): boolean =>
  basename(dirname(path)) === worker && dirname(dirname(dirname(path))) === base;

async function closeAll(base: string, worker: string): Promise<void> {
  await removeGroupsOfWorker(base, worker, killAndRemoveTree);
  await removeIfEmpty(base);
}

/**
 * Creates a group, moves a process into it and kills it. Rejects where that is not possible.
 */
async function probeCgroup(create: () => Promise<Cgroup>): Promise<void> {
  const group = await create();
  await access(join(group.path, 'cgroup.kill'));
  const probe = spawn('sleep', ['60'], { stdio: 'ignore', detached: true });
  const exited = once(probe, 'exit');
  try {
    if (probe.pid === undefined) throw new Error('the probe process did not start');
    await group.add(probe.pid);
    const members = group.members();
    if (!members.includes(probe.pid)) throw new Error('the moved probe process is not in the group');
    await group.kill();
    await Promise.race([
      exited,
      sleep(KILL_TIMEOUT_MS, undefined, { ref: false }).then(() =>
        Promise.reject(new Error('cgroup.kill did not kill the probe process')),
      ),
    ]);
    await group.remove();
  } finally {
    probe.kill('SIGKILL');
  }
}
