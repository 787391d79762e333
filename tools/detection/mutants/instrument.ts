import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Mutant } from './mutant';
import { sqlOperators, type MutationOperator } from './sql-operators';

/** The part of a mutant of the instrumenter that is read. Lines count from 0. */
interface PlacedMutant {
  readonly id: string;
  readonly fileName: string;
  readonly mutatorName: string;
  readonly replacement: string;
  readonly location: { readonly start: Position; readonly end: Position };
}

interface Position {
  readonly line: number;
  readonly column: number;
}

/** The instrumenter's switch compares one id; several may be on here. */
const ONE_ACTIVE = 'ns.activeMutant === id';
const SOME_ACTIVE = "(ns.activeMutants ??= new Set((ns.activeMutant ?? '').split(' '))).has(id)";

const OPTIONS = { plugins: null, ignorers: [], excludedMutations: [], noHeader: false };
const MAX_TEXT = 60;

/**
 * Puts every mutant of the files, paths below `root`, into their sources, each behind a switch
 * that ACTIVE_MUTANTS sets. Without it the code does what it did. Throws Error if the
 * instrumenter writes another switch than the one that is known.
 */
export async function instrument(root: string, files: readonly string[]): Promise<Mutant[]> {
  const instrumenter = await createInstrumenter();
  const sources = files.map((file) => ({ name: file, mutate: true, content: readFileSync(join(root, file), 'utf8') }));
  const originals = new Map(sources.map(({ name, content }) => [name, content.split('\n')]));
  const { files: instrumented, mutants } = await instrumenter.instrument(sources, OPTIONS);
  const changed = new Set(mutants.map(({ fileName }) => fileName));
  for (const { name, content } of instrumented)
    writeFileSync(join(root, name), changed.has(name) ? switchSeveral(name, content) : content);
  return mutants.map((mutant) => toMutant(mutant, originals.get(mutant.fileName) ?? []));
}

/** With the operators for SQL, which its list of operators is extended by. */
async function createInstrumenter() {
  const [{ createInjector }, { commonTokens }, { createInstrumenter: create }] = await Promise.all([
    import('typed-inject'),
    import('@stryker-mutator/api/plugin'),
    import('@stryker-mutator/instrumenter'),
  ]);
  const entry = createRequire(__filename).resolve('@stryker-mutator/instrumenter');
  const { allMutators } = (await import(join(dirname(entry), 'mutators/mutate.js'))) as {
    allMutators: MutationOperator[];
  };
  const babel = await import('@babel/core');
  const operators = sqlOperators(babel);
  if (!allMutators.some(({ name }) => name === operators[0]!.name)) allMutators.push(...operators);
  return createInjector()
    .provideValue(commonTokens.getLogger, () => SILENT)
    .provideValue(commonTokens.logger, SILENT)
    .injectFunction(create);
}

function switchSeveral(name: string, content: string): string {
  if (!content.includes(ONE_ACTIVE)) throw new Error(`${name}: the instrumented file has no \`${ONE_ACTIVE}\``);
  return content.replace(ONE_ACTIVE, SOME_ACTIVE);
}

const ignore = (): void => undefined;
const no = (): boolean => false;
const SILENT = {
  trace: ignore,
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  fatal: ignore,
  isTraceEnabled: no,
  isDebugEnabled: no,
  isInfoEnabled: no,
  isWarnEnabled: no,
  isErrorEnabled: no,
  isFatalEnabled: no,
};

function toMutant(
  { id, fileName, mutatorName, replacement, location }: PlacedMutant,
  lines: readonly string[],
): Mutant {
  const { start, end } = location;
  const text = lines.slice(start.line, end.line + 1).map((line, n, all) => {
    const to = n === all.length - 1 ? end.column : line.length;
    return line.slice(n === 0 ? start.column : 0, to);
  });
  const change = {
    id,
    file: fileName,
    line: start.line + 1,
    operator: mutatorName,
    original: shorten(text.join(' ')),
    replacement: shorten(replacement),
  };
  return { id, changes: [change] };
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT - 1)}…` : line;
}
