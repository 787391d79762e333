import { unlink } from 'node:fs/promises';
import type { Logger } from 'pino';
import { hostNow } from '../../base/clock';
import { shortageOf, type DiskShortage } from '../../disk/disk-floor';
import { readDiskSpace, type DiskSpace } from '../../disk/disk-space';
import { goCacheBytes, tenantFileBytes } from '../../disk/tenant-tree';
import { goCacheDirectory } from '../../base/directories';
import { ConfinedDirectory } from '../../files/confined-directory';
import { nullIfUnusable } from '../../files/regular-file';
import { emptyTree } from '../../files/remove-tree';
import type { ReachedLimit } from '../../outcomes/program-exit';
import { removeLeftovers } from './leftovers';
import { shareGrowth } from './share-growth';
import { writtenBytes } from './written-bytes';

/** How often the free space is read while programs run, ms. */
const POLL_MS = 100;
/** The files of a tenant are measured when so much less is free than at the last time. */
const TRIGGER_BYTES = 16 * 1_024 ** 2;
/** Or after so long, ms. */
const MEASURE_MS = 30_000;
/** Measuring takes at most this part of the time, unless the disk fills. */
const PAUSE_PER_DURATION = 10;
/** Of a tenant's cache of Go: it is emptied when it has more and no program runs. */
const GO_CACHE_BYTES = 1_024 ** 3;

export interface DiskWatchOptions {
  /** Of the platform. */
  readonly directory: string;
  readonly diskFloorBytes: number | null;
  /** By which one program may let the files grow. */
  readonly actionDiskBytes: number;
  /** Of all files that the programs of a tenant keep; 0: no limit. */
  readonly tenantBytes: number;
  /** Of a tenant's cache of Go, at which it is emptied. */
  readonly goCacheBytes?: number;
  readonly log: Logger;
  /** Returns those of these paths that are files of artifacts of the tenant. */
  findKept(tenant: number, paths: readonly string[]): Promise<readonly string[]>;
}

/** The processes of a program that runs. */
type FindPids = () => readonly number[];

/** What one program does to the disk. */
interface ProgramDiskUse {
  /** Aborts when it must be stopped at once. */
  readonly limitSignal: AbortSignal;
  /** The program has ended: counts what it did last. Returns the limits that it reached. */
  end(): Promise<readonly ReachedLimit[]>;
}

/** Called before a program starts. */
export type WatchDisk = (pids: FindPids) => ProgramDiskUse;

interface WatchedProgram {
  readonly pids: FindPids;
  readonly startedAt: number;
  readonly stop: AbortController;
  readonly reached: ReachedLimit[];
  /** As counted by the kernel. */
  counted: number;
  /** Of these, since the last measurement. */
  written: number;
  /** By which it has let the files grow. */
  bytes: number;
}

interface WatchedTenant {
  readonly id: number;
  readonly programs: Set<WatchedProgram>;
  /** Null: not measured. */
  bytes: number | null;
  goCacheBytes: number;
  /** When it was measured. */
  freeBytes: number;
  measuredAt: number;
  durationMs: number;
}

/**
 * Bounds what the programs of a worker leave on the disk: those that go over a limit, or write
 * while the disk is below its floor, are stopped, and their files removed. Files are counted while
 * programs run, and at the end of each: what is written between two counts is the excess.
 */
export class DiskWatch {
  private readonly tenants = new Map<number, WatchedTenant>();
  private timer: NodeJS.Timeout | undefined;
  /** One measurement after the other. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: DiskWatchOptions) {}

  of(tenant: number): WatchDisk {
    return (pids) => {
      const watched = this.tenants.get(tenant) ?? newTenant(tenant);
      this.tenants.set(tenant, watched);
      const stop = new AbortController();
      const program = { pids, startedAt: hostNow(), stop, reached: [], counted: 0, written: 0, bytes: 0 };
      watched.programs.add(program);
      if (watched.bytes === null) void this.inTurn(() => this.check());
      this.schedule();
      return { limitSignal: stop.signal, end: () => this.end(watched, program) };
    };
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.inTurn(() => this.check()).then(() => {
        if ([...this.tenants.values()].some(({ programs }) => programs.size > 0)) this.schedule();
      });
    }, POLL_MS).unref();
  }

  /** Never rejects: what cannot be counted now is counted the next time. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    const run = this.last.then(work).catch((error: unknown) => {
      this.options.log.warn({ err: error }, 'could not count the files of programs');
    });
    this.last = run;
    return run;
  }

  private async check(): Promise<void> {
    for (const tenant of this.tenants.values()) {
      if (tenant.programs.size === 0) continue;
      const space = await this.space();
      for (const program of tenant.programs) countWritten(program);
      if (isDue(tenant, space, this.shortage(space) !== null)) await this.measure(tenant, space, null);
    }
  }

  private space(): Promise<DiskSpace> {
    return readDiskSpace(this.options.directory);
  }

  private shortage(space: DiskSpace): DiskShortage | null {
    return shortageOf(space, this.options.diskFloorBytes);
  }

  private async end(tenant: WatchedTenant, program: WatchedProgram): Promise<readonly ReachedLimit[]> {
    try {
      if (program.reached.length > 0 || hasWritten(tenant, await this.space()))
        await this.inTurn(() => this.endInTurn(tenant, program));
    } catch (error) {
      this.options.log.warn({ err: error }, 'could not count the files of a program');
    }
    tenant.programs.delete(program);
    if (tenant.programs.size === 0 && tenant.goCacheBytes > (this.options.goCacheBytes ?? GO_CACHE_BYTES))
      await this.inTurn(() => this.emptyGoCache(tenant));
    return program.reached;
  }

  private async endInTurn(tenant: WatchedTenant, program: WatchedProgram): Promise<void> {
    await this.measure(tenant, await this.space(), program);
    if (program.reached.length > 0) await this.removeFilesOf(tenant, program);
  }

  /** `ended`: what no other program has written is of this one, whose processes are gone. */
  private async measure(tenant: WatchedTenant, space: DiskSpace, ended: WatchedProgram | null): Promise<void> {
    const startedAt = performance.now();
    const programs = [...tenant.programs];
    const written = programs.map((program) => ({ writtenBytes: takeWritten(program) }));
    const bytes = await tenantFileBytes(this.options.directory, tenant.id);
    const growth = tenant.bytes === null ? 0 : bytes - tenant.bytes;
    const unexplainedOf = programs.length === 1 ? 0 : programs.findIndex((program) => program === ended);
    const shares = shareGrowth(growth, written, unexplainedOf);
    programs.forEach((program, index) => (program.bytes = Math.max(0, program.bytes + shares[index]!)));
    tenant.bytes = bytes;
    tenant.freeBytes = space.freeBytes;
    tenant.goCacheBytes = await goCacheBytes(this.options.directory, tenant.id);
    tenant.measuredAt = performance.now();
    tenant.durationMs = tenant.measuredAt - startedAt;
    const writers = programs.filter((_program, index) => shares[index]! > 0);
    this.applyLimits(tenant, space, growth > 0 && writers.length === 0 ? programs : writers);
  }

  /** `writers`: those that let the files grow since the last time. */
  private applyLimits(tenant: WatchedTenant, space: DiskSpace, writers: readonly WatchedProgram[]): void {
    const { actionDiskBytes, tenantBytes } = this.options;
    const shortage = this.shortage(space);
    for (const program of writers) {
      if (program.bytes > actionDiskBytes) stop(program, { resource: 'disk', limit: actionDiskBytes });
      if (tenantBytes > 0 && tenant.bytes! > tenantBytes)
        stop(program, { resource: 'tenant-disk', limit: tenantBytes });
      if (shortage !== null)
        stop(program, { resource: shortage.resource === 'bytes' ? 'free-bytes' : 'free-files', limit: shortage.floor });
    }
  }

  private async removeFilesOf(tenant: WatchedTenant, { startedAt }: WatchedProgram): Promise<void> {
    const { directory, findKept, log } = this.options;
    const leftovers = { directory, tenant: tenant.id, since: startedAt };
    const removed = await removeLeftovers(leftovers, (paths) => findKept(tenant.id, paths));
    if (removed > 0) log.warn({ tenant: tenant.id, removed }, 'files of a program over a limit of the disk removed');
    tenant.bytes = null;
  }

  private async emptyGoCache(tenant: WatchedTenant): Promise<void> {
    const { directory } = this.options;
    await using cache = await ConfinedDirectory.open(goCacheDirectory({ directory }, { tenant: tenant.id }));
    for (const { name } of (await cache?.entries()) ?? []) {
      const path = cache!.entryOfBytes(name);
      // Go makes the directories of its cache once, and a program may read it now.
      await using inner = await ConfinedDirectory.openClosed(path);
      if (inner === null) await unlink(path).catch(nullIfUnusable);
      else await emptyTree(inner);
    }
    tenant.bytes = null;
  }
}

const newTenant = (id: number): WatchedTenant => ({
  id,
  programs: new Set<WatchedProgram>(),
  bytes: null,
  goCacheBytes: 0,
  freeBytes: Infinity,
  measuredAt: -Infinity,
  durationMs: 0,
});

/** Since the last measurement, as far as that is known without another one. */
const hasWritten = (tenant: WatchedTenant, { freeBytes }: DiskSpace): boolean =>
  tenant.bytes === null ||
  tenant.freeBytes - freeBytes >= TRIGGER_BYTES ||
  [...tenant.programs].some(({ written }) => written >= TRIGGER_BYTES);

function isDue(tenant: WatchedTenant, space: DiskSpace, isShort: boolean): boolean {
  const age = performance.now() - tenant.measuredAt;
  if (hasWritten(tenant, space)) return true;
  return age >= Math.max(isShort ? 0 : MEASURE_MS, tenant.durationMs * PAUSE_PER_DURATION);
}

function countWritten(program: WatchedProgram): void {
  const counted = writtenBytes(program.pids());
  program.written += Math.max(0, counted - program.counted);
  program.counted = Math.max(program.counted, counted);
}

/** Since the last measurement. */
function takeWritten(program: WatchedProgram): number {
  countWritten(program);
  const { written } = program;
  program.written = 0;
  return written;
}

function stop(program: WatchedProgram, limit: ReachedLimit): void {
  if (program.reached.length > 0) return;
  program.reached.push(limit);
  program.stop.abort();
}
