import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createScratchCopy } from '../run/scratch-copy';
import { instrument } from './instrument';
import type { Mutant, Room } from './mutant';

/** Copies of the project whose platform contains every mutant, all switched off. */
export interface InstrumentedCopies {
  /** One for each run at the same time, at least one. */
  readonly roots: readonly string[];
  readonly mutants: readonly Mutant[];
  /** For the coverage of a run; every user of the platform may write there. */
  readonly coverageDirectory: string;
  remove(): void;
}

const ALL_USERS = 0o1777;
const ENTRY = 'cli/entry.ts';
const BUNDLE = 'tuningfork.cjs';
/** Each start then reads the bundle, instead of making it. */
const READ_BUNDLE = `exports.bundle = (root) => require('node:fs/promises').readFile(root + '/${BUNDLE}', 'utf8');\n`;

/** Instruments the files of the rooms, in `count` copies. Throws CopyInUse. */
export async function createInstrumentedCopies(
  project: string,
  rooms: readonly Room[],
  count: number,
): Promise<InstrumentedCopies> {
  const { root, multiply, remove } = createScratchCopy(project);
  try {
    const mutants = await instrument(
      root,
      rooms.flatMap((room) => sourcesOf(root, `platform/${room}`)),
    );
    const entry = join(root, ENTRY);
    writeFileSync(entry, `import '../tools/detection/mutants/record-coverage';\n${readFileSync(entry, 'utf8')}`);
    const { bundle } = (await import(join(root, 'bin/bundle.js'))) as { bundle: (root: string) => Promise<string> };
    writeFileSync(join(root, BUNDLE), await bundle(root));
    writeFileSync(join(root, 'bin/bundle.js'), READ_BUNDLE);
    const coverageDirectory = join(root, 'mutant-coverage');
    mkdirSync(coverageDirectory);
    chmodSync(coverageDirectory, ALL_USERS);
    return { roots: multiply(count).map((copy) => copy.root), mutants, coverageDirectory, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

const sourcesOf = (root: string, folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`)
    .sort();
