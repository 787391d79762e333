import type { Token } from '../../source/tokens';
import { limitFrom, partsOf, rangeBetween, rangeOfPart } from './token-lists';
import type { SqlOperator } from './sql-operator';

const AFTER_LIST = /^(where|from|returning|limit|offset|for|rows|range|union|loop|on|then|into)$/;

/** One key of an order; the whole order if it has no other. */
export const lostSqlKeys: SqlOperator = (tokens, n) => {
  if (tokens[n]!.text !== 'order' || tokens[n + 1]?.text !== 'by' || tokens.some(isDistinctOn)) return [];
  const end = limitFrom(tokens, n + 2, (text) => AFTER_LIST.test(text));
  const parts = partsOf(tokens, n + 2, end);
  if (parts.length === 1) return [{ kind: 'sort key dropped', ...rangeBetween(tokens, n, end), text: '' }];
  return parts.map((_, each) => ({ kind: 'sort key dropped', ...rangeOfPart(tokens, parts, each), text: '' }));
};

/** Its order is bound to its columns. */
const isDistinctOn = ({ text }: Token, n: number, tokens: readonly Token[]): boolean =>
  (text === 'distinct' && tokens[n + 1]?.text === 'on') || text === 'within';

/** A column of `set`, or a key of `jsonb_build_object`, with its value. */
export const lostSqlFields: SqlOperator = (tokens, n) => {
  const { text } = tokens[n]!;
  const kind = 'field lost';
  if (
    text === 'set' &&
    /^[a-z_]+$/.test(tokens[n + 1]?.text ?? '') &&
    tokens[n + 2]?.text === '=' &&
    !isSetting(tokens, n)
  ) {
    const parts = partsOf(
      tokens,
      n + 1,
      limitFrom(tokens, n + 1, (each) => AFTER_LIST.test(each)),
    );
    return parts.length < 2 ? [] : parts.map((_, each) => ({ kind, ...rangeOfPart(tokens, parts, each), text: '' }));
  }
  if (!/^jsonb?_build_object$/.test(text) || tokens[n + 1]?.text !== '(') return [];
  const parts = partsOf(
    tokens,
    n + 2,
    limitFrom(tokens, n + 2, () => false),
  );
  const fields = parts.flatMap(([from], each) =>
    each % 2 === 0 && parts[each + 1] ? [[from, parts[each + 1]![1]] as [number, number]] : [],
  );
  return fields.length < 2 ? [] : fields.map((_, each) => ({ kind, ...rangeOfPart(tokens, fields, each), text: '' }));
};

/** `set search_path = …` of a function, which is no column. */
const isSetting = (tokens: readonly Token[], n: number): boolean =>
  tokens[n + 1]?.text === 'search_path' ||
  /^(definer|invoker|plpgsql|sql|stable|volatile|immutable)$/.test(tokens[n - 1]?.text ?? '');

/** The default of `coalesce` with two values. */
export const lostSqlDefaults: SqlOperator = (tokens, n) => {
  if (tokens[n]!.text !== 'coalesce' || tokens[n + 1]?.text !== '(') return [];
  const parts = partsOf(
    tokens,
    n + 2,
    limitFrom(tokens, n + 2, () => false),
  );
  return parts.length === 2 ? [{ kind: 'default changed', ...rangeOfPart(tokens, parts, 1), text: '' }] : [];
};

/** `perform pg_notify(…);` */
export const lostSqlNotifications: SqlOperator = (tokens, n) => {
  if (tokens[n]!.text !== 'perform' || !/notif/.test(tokens[n + 1]?.text ?? '')) return [];
  const end = limitFrom(tokens, n, () => false);
  return [{ kind: 'notification lost or early', ...rangeBetween(tokens, n, end), text: 'null' }];
};

/** `if … then … end if`, without another branch. */
export const lostSqlBranches: SqlOperator = (tokens, n) => {
  if (tokens[n]!.text !== 'if' || tokens[n - 1]?.text === 'end') return [];
  const then = limitFrom(tokens, n + 1, (text) => text === 'then');
  const end = tokens.findIndex(({ text }, at) => at > then && text === 'end' && tokens[at + 1]?.text === 'if');
  const body = tokens.slice(then + 1, end).map(({ text }) => text);
  if (tokens[then]?.text !== 'then' || end < 0 || body.some((text) => /^(if|else|elsif)$/.test(text))) return [];
  const kind = /^(return|continue|exit|raise)$/.test(body[0] ?? '') ? 'early return lost' : 'branch lost';
  return [{ kind, ...rangeBetween(tokens, n, end + 2), text: 'null' }];
};
