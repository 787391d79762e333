import { basename } from 'node:path';
import ts from 'typescript';
import { descendants } from '../source/descendants';
import { nameOf } from '../source/find-part';
import { tokensOfSql } from '../source/sql-tokens';
import { changedText, type Draft, type Edit, type EditOperator, type TextChange } from './edit';
import { sqlEdits } from './sql/sql-edits';
import { lostAwaits, lostMethods, lostNotifications } from './typescript/calls';
import {
  exchangedOperators,
  lostBranches,
  lostConjuncts,
  lostReturns,
  negatedConditions,
} from './typescript/conditions';
import { isLogged, isSwitchable } from './typescript/switchable';
import { byOne, changedDefaults, lostFields, swaps } from './typescript/values';

/** The statement of an `sql` template. */
const templateEdits: EditOperator = (node, file) => {
  if (!ts.isTaggedTemplateExpression(node) || !/^sql$/.test(node.tag.getText(file))) return [];
  const tokens = tokensOfSql(node.template.getText(file), node.template.getStart(file));
  return sqlEdits(tokens).map(({ kind, ...change }) => ({ kind, node, changes: [change] }));
};

const OPERATORS: readonly EditOperator[] = [
  swaps,
  lostFields,
  changedDefaults,
  byOne,
  negatedConditions,
  exchangedOperators,
  lostConjuncts,
  lostBranches,
  lostReturns,
  lostMethods,
  lostAwaits,
  lostNotifications,
  templateEdits,
];

/** Every edit of a source whose nodes have parents. `name`: path below the project. */
export function findEdits(name: string, file: ts.SourceFile): Edit[] {
  const drafts = descendants(file)
    .flatMap((node) => OPERATORS.flatMap((operator) => operator(node, file)))
    .filter(({ node }) => isInFunction(node) && isPlace(node) && !isLogged(node));
  return numbered(
    drafts.map(({ kind, node, changes, isPossible }) => ({
      kind,
      file: name,
      within: functionAround(node),
      form: ts.isStatement(node) ? 'statement' : 'expression',
      ...textsOf(file.text, hull(node, changes, file), changes),
      ...(isPossible && { isPossible }),
    })),
  );
}

/** Every edit of an SQL file. */
export function findSqlEdits(name: string, text: string): Edit[] {
  const whole = { start: 0, end: text.length };
  const edits = sqlEdits(tokensOfSql(text)).map(({ kind, ...change }) => ({
    kind,
    file: name,
    within: basename(name, '.sql'),
    form: 'sql file' as const,
    ...textsOf(text, whole, [change]),
  }));
  return numbered(edits);
}

type Unnumbered = Omit<Edit, 'id'>;

function numbered(edits: readonly Unnumbered[]): Edit[] {
  const counts = new Map<string, number>();
  return edits.map((edit) => {
    const place = `${edit.file}:${edit.range.start}:${edit.kind.replaceAll(' ', '-')}`;
    const count = (counts.get(place) ?? 0) + 1;
    counts.set(place, count);
    return { ...edit, id: `${place}:${count}` };
  });
}

/** The line is that of the first change. */
const textsOf = (text: string, range: Edit['range'], changes: readonly TextChange[]) => ({
  range,
  line: text.slice(0, Math.min(...changes.map(({ start }) => start))).split('\n').length,
  original: text.slice(range.start, range.end),
  replacement: changedText(text, range, changes),
});

/** The node, and what is changed beside it. */
const hull = (node: ts.Node, changes: readonly TextChange[], file: ts.SourceFile): Edit['range'] => ({
  start: node.getStart(file),
  end: Math.max(node.end, ...changes.map(({ end }) => end)),
});

const isPlace = (node: Draft['node']): boolean => ts.isStatement(node) || isSwitchable(node);

const isInFunction = (node: ts.Node): boolean => ts.findAncestor(node, ts.isFunctionLike) !== undefined;

/** The innermost named function, constant or method around the node. */
function functionAround(node: ts.Node): string {
  for (let each: ts.Node | undefined = node; each; each = each.parent) {
    const isFunction = ts.isFunctionLike(each) || isFunctionConstant(each);
    const name = isFunction ? nameOf(each) : undefined;
    if (name !== undefined) return name;
  }
  return 'module';
}

const isFunctionConstant = (node: ts.Node): boolean =>
  ts.isVariableDeclaration(node) && node.initializer !== undefined && ts.isFunctionLike(node.initializer);
