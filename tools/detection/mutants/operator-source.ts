import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { instrument } from './instrument';
import type { MutantSource } from './instrumented-copy';
import type { Room } from './mutant';
import { sourcesOf } from './source-files';

/** The programs of the platform, and where their folder finds `tools/`. */
const ENTRIES = { 'cli/entry.ts': '..', 'platform/egress/http-request-program.ts': '../..' };

/** Every mutant of the operators, in all files of these rooms. */
export const operatorSource =
  (rooms: readonly Room[]): MutantSource =>
  async (root) => {
    const mutants = await instrument(
      root,
      rooms.flatMap((room) => sourcesOf(root, `platform/${room}`)),
    );
    for (const [entry, up] of Object.entries(ENTRIES)) {
      const path = join(root, entry);
      writeFileSync(path, `import '${up}/tools/detection/mutants/record-coverage';\n${readFileSync(path, 'utf8')}`);
    }
    return { mutants, files: new Map() };
  };
