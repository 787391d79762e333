import { closeSync, createWriteStream, fstatSync, openSync, readSync } from 'node:fs';
import type { Writable } from 'node:stream';

const OWNER_ONLY = 0o600;

/** The logs that this process writes: by path, a file that stays readable once it is removed. */
const written = new Map<string, number>();

/** The log of a platform, in its directory, which is removed with it. */
export interface PlatformLogFile {
  readonly stream: Writable;
  /** Its text is gone if the platform has ended. */
  close(): void;
}

/** Creates the file. Throws what the file system throws. */
export function createLogFile(path: string): PlatformLogFile {
  const stream = createWriteStream(path, { fd: openSync(path, 'a', OWNER_ONLY) });
  const file = openSync(path, 'r');
  written.set(path, file);
  return {
    stream,
    close: () => {
      if (written.delete(path)) closeSync(file);
    },
  };
}

/**
 * The whole lines at the end of a log, `mostBytes` of it at most: also of a log whose platform has
 * ended, if this process has written it. Throws what the file system throws.
 */
export function readLogEnd(path: string, mostBytes: number): string {
  const own = written.get(path);
  const file = own ?? openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, mostBytes));
    const read = readSync(file, bytes, 0, bytes.length, size - bytes.length);
    const text = bytes.subarray(0, read).toString();
    return bytes.length === size ? text : text.slice(text.indexOf('\n') + 1); // the cut may be in a secret
  } finally {
    if (own === undefined) closeSync(file);
  }
}
