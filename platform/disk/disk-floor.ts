import { setTimeout as pause } from 'node:timers/promises';
import { readDiskSpace, type DiskSpace } from './disk-space';

/** Without a setting: this part of the file system, and no more than this. */
const DEFAULT_PART = 0.1;
const DEFAULT_MAX_BYTES = 512 * 1_024 ** 2;
/** Files and directories that stay free, as a part of those that the file system can have. */
const FILES_PART = 0.01;

/** A file system that answers no sooner is treated as it was before, ms. */
const LIMIT_MS = 1_000;

/** What is missing: less is free than must stay free. */
export interface DiskShortage {
  readonly resource: 'bytes' | 'files';
  readonly free: number;
  readonly floor: number;
}

/** The free space below which nothing more is stored; `setting` null: of its size. */
export const floorBytes = ({ totalBytes }: DiskSpace, setting: number | null): number =>
  setting ?? Math.min(Math.floor(totalBytes * DEFAULT_PART), DEFAULT_MAX_BYTES);

/** Null: there is enough. With a floor of 0 there always is. */
export function shortageOf(space: DiskSpace, setting: number | null): DiskShortage | null {
  const bytes = { resource: 'bytes', free: space.freeBytes, floor: floorBytes(space, setting) } as const;
  const floor = setting === 0 ? 0 : Math.floor(space.totalFiles * FILES_PART);
  const files = { resource: 'files', free: space.freeFiles, floor } as const;
  return [bytes, files].find((resource) => resource.free < resource.floor) ?? null;
}

export interface DiskFloorOptions {
  /** Of the platform, or of a standalone worker: all that it and its programs keep is below it. */
  readonly directory: string;
  /** Null: the default. */
  readonly diskFloorBytes: number | null;
}

/** Whether a file system has the free space that must stay free. */
export class DiskFloor {
  private known: DiskShortage | null = null;
  private pending: Promise<void> | null = null;

  constructor(
    private readonly options: DiskFloorOptions,
    private readonly read: (directory: string) => Promise<DiskSpace> = readDiskSpace,
  ) {}

  /**
   * Null: there is enough, or it is not known: readiness reports a directory that cannot be used.
   * Never rejects, and takes no longer than a second.
   */
  async shortage(): Promise<DiskShortage | null> {
    this.pending ??= this.measure().finally(() => (this.pending = null));
    const waiting = new AbortController();
    const limit = pause(LIMIT_MS, undefined, { signal: waiting.signal }).catch(() => undefined); // aborted
    await Promise.race([this.pending, limit]);
    waiting.abort();
    return this.known;
  }

  private async measure(): Promise<void> {
    try {
      this.known = shortageOf(await this.read(this.options.directory), this.options.diskFloorBytes);
    } catch {
      this.known = null; // it cannot be measured: a write that fails reports why
    }
  }
}
