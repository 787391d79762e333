import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createScratchCopy } from '../run/scratch-copy';
import { ACTIVE_MUTANTS, COVERAGE_DIRECTORY, type Mutant } from './mutant';

/** What a source of mutants has made of a copy of the project. */
interface Instrumentation {
  readonly mutants: readonly Mutant[];
  /** By change: those that have no switch, and replace a file while they are on. */
  readonly files: ReadonlyMap<string, ChangedFile>;
}

interface ChangedFile {
  /** Path below the project. */
  readonly file: string;
  readonly text: string;
}

/** Puts mutants into the sources below the root. */
export type MutantSource = (root: string) => Promise<Instrumentation>;

/** Copies of the project whose platform contains mutants, all switched off. */
export interface InstrumentedCopies extends Instrumentation {
  /** One for each run at the same time, at least one. */
  readonly roots: readonly string[];
  /** Switches the mutants on in the next runs of a copy, until `restore`. */
  switchOn(root: string, mutants: readonly Mutant[]): SwitchedOn;
  remove(): void;
}

interface SwitchedOn {
  readonly variables: Readonly<Record<string, string>>;
  restore(): void;
}

const BUNDLE = 'tuningfork.cjs';
/** Each start then reads the bundle, instead of making it. */
const READ_BUNDLE = `exports.bundle = (root) => require('node:fs/promises').readFile(root + '/${BUNDLE}', 'utf8');\n`;

/** The program of one request starts without the variables of the platform: it contains them. */
const PASS_VARIABLES = `
const { requestProgramOf } = exports;
exports.requestProgramOf = (bundle) =>
  ${JSON.stringify([ACTIVE_MUTANTS, COVERAGE_DIRECTORY])}
    .map((name) => \`process.env.\${name} = \${JSON.stringify(process.env[name] ?? '')};\\n\`)
    .join('') + requestProgramOf(bundle);
`;

/** Instruments `count` copies. Throws CopyInUse. */
export async function createInstrumentedCopies(
  project: string,
  count: number,
  instrument: MutantSource,
): Promise<InstrumentedCopies> {
  const { root, multiply, remove } = createScratchCopy(project);
  try {
    const { mutants, files } = await instrument(root);
    appendFileSync(join(root, 'bin/request-program.js'), PASS_VARIABLES);
    const { bundle } = (await import(join(root, 'bin/bundle.js'))) as { bundle: (root: string) => Promise<string> };
    writeFileSync(join(root, BUNDLE), await bundle(root));
    writeFileSync(join(root, 'bin/bundle.js'), READ_BUNDLE);
    const roots = multiply(count).map((copy) => copy.root);
    return { roots, mutants, files, switchOn: switchesOf(files), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

const switchesOf =
  (files: Instrumentation['files']): InstrumentedCopies['switchOn'] =>
  (root, mutants) => {
    const ids = mutants.flatMap(({ changes }) => changes.map(({ id }) => id));
    const originals = ids
      .flatMap((id) => files.get(id) ?? [])
      .map(({ file, text }) => replaceFile(join(root, file), text));
    const restore = (): void => originals.reverse().forEach((each) => each());
    return { variables: { [ACTIVE_MUTANTS]: ids.join(' ') }, restore };
  };

/** Returns the function that restores the file. */
function replaceFile(path: string, text: string): () => void {
  const original = readFileSync(path, 'utf8');
  writeFileSync(path, text);
  return () => writeFileSync(path, original);
}
