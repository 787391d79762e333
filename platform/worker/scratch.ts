import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const OWNER_ONLY = 0o700;
const READ_ONLY = 0o400;

/** An attempt's private directory: made with the first file, gone with the attempt. */
export interface Scratch extends AsyncDisposable {
  /** Writes a file that only its owner may read, and answers its path. */
  write(name: string, text: string): Promise<string>;
}

/** Nothing is made before the first `write`. `parent` is made when it is missing. */
export function openScratch(parent: string): Scratch {
  let made: Promise<string> | null = null;
  const make = async () => {
    await mkdir(parent, { recursive: true, mode: OWNER_ONLY });
    return mkdtemp(join(parent, 'attempt-'));
  };
  return {
    write: async (name, text) => {
      const path = join(await (made ??= make()), name);
      await writeFile(path, text, { mode: READ_ONLY });
      return path;
    },
    [Symbol.asyncDispose]: async () => {
      if (made !== null) await rm(await made, { recursive: true, force: true });
    },
  };
}
