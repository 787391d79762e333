import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readPack } from '../../../platform/packs/read/pack';
import { testDirectory } from '../../test-directory';

export const MANIFEST = 'ref: demo\nversion: 1.0.0\n';
export const FLOW = 'version: 1.0.0\ntasks:\n  - name: one\n    action: core.noop\n';

type Files = Readonly<Record<string, string>>;

/** A directory for the files of a pack, empty in each test. */
export function withPackDirectory() {
  let directory: string;
  beforeEach(() => {
    directory = testDirectory();
  });
  const write = (files: Files): void => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
  };
  return {
    directory: () => directory,
    write,
    /** Reads a pack of these files and a minimal manifest. */
    read: async (files: Files) => {
      write({ 'pack.yaml': MANIFEST, ...files });
      return (await readPack(directory)).components;
    },
  };
}
