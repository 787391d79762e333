import { readdirSync, readFileSync } from 'node:fs';

/** What `read` returns; null where there is no such file or directory. */
function ifPresent<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** The text of a file; null where there is none. */
export const readTextIfPresent = (file: string): string | null => ifPresent(() => readFileSync(file, 'utf8'));

/** The names in a directory; none where there is no directory. */
export const namesIn = (directory: string): string[] => ifPresent(() => readdirSync(directory)) ?? [];
