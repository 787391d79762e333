import type { Token } from '../../source/tokens';
import { exchangedSqlOperators, lostSqlConjuncts, negatedSql, sqlByOne } from './conditions';
import type { SqlEdit, SqlOperator } from './sql-operator';
import { lostSqlBranches, lostSqlDefaults, lostSqlFields, lostSqlKeys, lostSqlNotifications } from './statements';

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
