import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { workerTemporaryDirectory } from '../../base/directories';
import type { WorkerContext } from '../worker-context';
import { removeTree } from '../../files/remove-tree';

const OWNER_ONLY = 0o700;
const OWNER_READ_ONLY = 0o400;

/** An attempt's private directory: created with the first file, removed with the attempt. */
export interface ScratchDirectory extends AsyncDisposable {
  /** Writes a file that only its owner may read, and returns its path. */
  writeFile(name: string, text: string): Promise<string>;
  /** Files that the program's confinement creates, by path. */
  readonly files: ReadonlyMap<string, string>;
}

/** Of a confined program: its own directory for temporary files. */
const CONFINED_DIRECTORY = '/tmp';

/** Where a program is confined, its files exist in its confinement only. */
export function openScratch(workerContext: WorkerContext): ScratchDirectory {
  if (workerContext.containment?.preforkPool.isConfined !== true)
    return openScratchDirectory(workerTemporaryDirectory(workerContext));
  const files = new Map<string, string>();
  return {
    files,
    writeFile: (name, text) => {
      const path = join(CONFINED_DIRECTORY, name);
      files.set(path, text);
      return Promise.resolve(path);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Creates nothing before the first `writeFile`. `parent` is created when it is missing. */
function openScratchDirectory(parent: string): ScratchDirectory {
  let created: Promise<string> | null = null;
  const create = async () => {
    await mkdir(parent, { recursive: true, mode: OWNER_ONLY });
    return mkdtemp(join(parent, 'attempt-'));
  };
  return {
    files: new Map(),
    writeFile: async (name, text) => {
      const path = join(await (created ??= create()), name);
      await writeFile(path, text, { mode: OWNER_READ_ONLY });
      return path;
    },
    [Symbol.asyncDispose]: async () => {
      if (created !== null) await removeTree(await created);
    },
  };
}
