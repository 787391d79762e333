import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const OWNER_ONLY = 0o700;
const OWNER_READ_ONLY = 0o400;

/** An attempt's private directory: created with the first file, removed with the attempt. */
export interface ScratchDirectory extends AsyncDisposable {
  /** Writes a file that only its owner may read, and returns its path. */
  writeFile(name: string, text: string): Promise<string>;
}

/** Creates nothing before the first `writeFile`. `parent` is created when it is missing. */
export function openScratchDirectory(parent: string): ScratchDirectory {
  let created: Promise<string> | null = null;
  const create = async () => {
    await mkdir(parent, { recursive: true, mode: OWNER_ONLY });
    return mkdtemp(join(parent, 'attempt-'));
  };
  return {
    writeFile: async (name, text) => {
      const path = join(await (created ??= create()), name);
      await writeFile(path, text, { mode: OWNER_READ_ONLY });
      return path;
    },
    [Symbol.asyncDispose]: async () => {
      if (created !== null) await rm(await created, { recursive: true, force: true });
    },
  };
}
