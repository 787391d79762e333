import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '../base/error-details';

/** What a file system has left for this process. */
export interface DiskSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Of files and directories together. */
  readonly freeFiles: number;
  /** 0: the file system has no such limit. */
  readonly totalFiles: number;
}

/** Of the file system that holds the directory, or will when it is created. */
export async function readDiskSpace(directory: string): Promise<DiskSpace> {
  try {
    const { bavail, blocks, bsize, ffree, files } = await statfs(directory);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize, freeFiles: ffree, totalFiles: files };
  } catch (error) {
    const parent = dirname(directory);
    if (errorCode(error) !== 'ENOENT' || parent === directory) throw error;
    return readDiskSpace(parent);
  }
}
