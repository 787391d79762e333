import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import type { MutantSource } from '../mutants/instrumented-copy';
import type { Change, Mutant } from '../mutants/mutant';
import { sourcesOf } from '../mutants/source-files';
import type { Edit } from './edit';
import { findEdits, findSqlEdits } from './find-edits';
import { selectEdits, type Selection } from './select-edits';
import { shownChange } from './shown-change';
import { switchedSource } from './switched-source';

interface BlindRequest {
  /** Of edits, and of pairs. */
  readonly count: number;
  readonly seed: string;
  /** A folder of `platform/`; all of them without one. */
  readonly room?: string | undefined;
}

const SQL_FUNCTIONS = 'platform/store/functions';

/** Edits and pairs of edits that a seed selects among all that the syntax trees allow. */
export const blindSource =
  ({ count, seed, room }: BlindRequest): MutantSource =>
  (root) => {
    const folder = room === undefined ? 'platform' : `platform/${room}`;
    const program = programOf(root, sourcesOf(root, 'platform'));
    const types = program.getTypeChecker();
    const edits = [
      ...sourcesOf(root, folder).flatMap((name) => findEdits(name, program.getSourceFile(join(root, name))!)),
      ...(SQL_FUNCTIONS.startsWith(folder) ? sqlEditsOf(root) : []),
    ];
    const selections = selectEdits(edits, count, seed, ({ isPossible }) => isPossible?.(types) ?? true);
    const selected = selections.flatMap((selection) => selection.edits);
    writeSwitches(
      root,
      selected.filter(({ form }) => form !== 'sql file'),
    );
    const files = selected
      .filter(({ form }) => form === 'sql file')
      .map(({ id, file, replacement }) => [id, { file, text: replacement }] as const);
    return Promise.resolve({ mutants: selections.map(mutantOf), files: new Map(files) });
  };

function programOf(root: string, names: readonly string[]): ts.Program {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile) as { config: object };
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
  const host = ts.createCompilerHost(options, true);
  return ts.createProgram(
    names.map((name) => join(root, name)),
    options,
    host,
  );
}

const sqlEditsOf = (root: string): Edit[] =>
  sourcesOf(root, SQL_FUNCTIONS, '.sql').flatMap((name) => findSqlEdits(name, readFileSync(join(root, name), 'utf8')));

function writeSwitches(root: string, edits: readonly Edit[]): void {
  for (const file of new Set(edits.map((edit) => edit.file))) {
    const path = join(root, file);
    const own = edits.filter((edit) => edit.file === file);
    writeFileSync(path, switchedSource(file, readFileSync(path, 'utf8'), own));
  }
}

function mutantOf({ edits: [first, ...others] }: Selection): Mutant {
  const changes = [changeOf(first), ...others.map(changeOf)] as const;
  return { id: changes.map(({ id }) => id).join('+'), changes };
}

function changeOf({ id, file, line, within, kind, ...edit }: Edit): Change {
  const [original, replacement] = shownChange(edit.original, edit.replacement);
  return { id, file, line, within, operator: kind, original, replacement };
}
