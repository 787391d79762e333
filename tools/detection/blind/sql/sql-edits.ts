import type { Token } from '../../source/tokens';
import type { Kind, TextChange } from '../edit';
import { exchangedSqlOperators, lostSqlConjuncts, negatedSql, sqlByOne } from './conditions';
import { lostSqlBranches, lostSqlDefaults, lostSqlFields, lostSqlKeys, lostSqlNotifications } from './statements';

/** One change of a statement. */
export interface SqlEdit extends TextChange {
  readonly kind: Kind;
}

/** The edits of a statement at token `n`. */
export type SqlOperator = (tokens: readonly Token[], n: number) => SqlEdit[];

const OPERATORS: readonly SqlOperator[] = [
  lostSqlConjuncts,
  exchangedSqlOperators,
  sqlByOne,
  negatedSql,
  lostSqlKeys,
  lostSqlFields,
  lostSqlDefaults,
  lostSqlNotifications,
  lostSqlBranches,
];

/** Every edit of the tokens of an SQL file, or of the template literal of a statement. */
export const sqlEdits = (tokens: readonly Token[]): SqlEdit[] =>
  tokens.flatMap((_, n) => OPERATORS.flatMap((operator) => operator(tokens, n)));
