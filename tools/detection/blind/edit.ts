import type ts from 'typescript';
import type { Range } from '../source/find-part';

/** What an edit does. Each kind has an equal share of a run. */
export const KINDS = [
  'two of one type swapped',
  'field lost',
  'filter ignored',
  'default changed',
  'sort key dropped',
  'and for or',
  'off by one',
  'await lost',
  'notification lost or early',
  'condition negated',
  'branch lost',
  'early return lost',
] as const;
export type Kind = (typeof KINDS)[number];

/** The text of a range is replaced. */
export interface TextChange extends Range {
  readonly text: string;
}

/** What an operator finds at a node. */
export interface Draft {
  readonly kind: Kind;
  /** The expression or statement that the switched source has with and without the edit. */
  readonly node: ts.Expression | ts.Statement;
  /** In and below the node, in order; offsets in the file. */
  readonly changes: readonly TextChange[];
  /** Of an edit that only some types allow. */
  readonly isPossible?: (types: ts.TypeChecker) => boolean;
}

/** Finds the edits at one node. */
export type EditOperator = (node: ts.Node, file: ts.SourceFile) => Draft[];

/** One change of the platform that the syntax tree allows, in a file that is not changed yet. */
export interface Edit {
  /** File, offset, kind, and number among those at this place: the same for the same sources. */
  readonly id: string;
  readonly kind: Kind;
  /** Path below the project. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Name of the function; of an SQL file the name of the file. */
  readonly within: string;
  /** Of the whole text that is replaced. */
  readonly range: Range;
  readonly original: string;
  readonly replacement: string;
  readonly form: 'expression' | 'statement' | 'sql file';
  readonly isPossible?: (types: ts.TypeChecker) => boolean;
}

/** The text of the range with the changes inside it. */
export const changedText = (text: string, { start, end }: Range, changes: readonly TextChange[]): string =>
  [...changes]
    .sort((a, b) => b.start - a.start)
    .reduce(
      (changed, change) => changed.slice(0, change.start - start) + change.text + changed.slice(change.end - start),
      text.slice(start, end),
    );
