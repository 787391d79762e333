import { closeSync, fstatSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Of a log, the whole lines at its end. */
const MOST_BYTES = 32 * 1_024 * 1_024;
const OWNER_ONLY = 0o600;

/**
 * Copies the log of a platform, which is removed with it, to `<run>.platform.log` in a directory
 * of results. Returns its path. Throws what the file system throws.
 */
export function keepLog(log: string, directory: string, run: string, redact: (text: string) => string): string {
  const path = join(directory, `${run}.platform.log`);
  writeFileSync(path, redact(endOf(log)), { mode: OWNER_ONLY });
  return path;
}

function endOf(log: string): string {
  const file = openSync(log, 'r');
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, MOST_BYTES));
    const read = readSync(file, bytes, 0, bytes.length, size - bytes.length);
    const text = bytes.subarray(0, read).toString();
    return bytes.length === size ? text : text.slice(text.indexOf('\n') + 1); // the cut may be in a secret
  } finally {
    closeSync(file);
  }
}
