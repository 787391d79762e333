import type { Token } from '../../source/tokens';
import type { Kind, TextChange } from '../edit';

/** One change of a statement. */
export interface SqlEdit extends TextChange {
  readonly kind: Kind;
}

/** The edits of a statement at token `n`. */
export type SqlOperator = (tokens: readonly Token[], n: number) => SqlEdit[];
