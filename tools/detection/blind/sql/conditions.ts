import type { Token } from '../../source/tokens';
import { limitFrom, rangeBetween } from './token-lists';
import type { SqlOperator } from './sql-operator';

const AFTER_CONDITION =
  /^(and|or|order|group|limit|offset|for|returning|union|except|intersect|on|then|window|having|where|left|right|inner|join|cross|do|set|loop|end|as|,)$/;
const BEFORE_CONDITION = /^(and|or|where|on|having|when|if|elsif|while|not|select|then|else|return|in|,|:=)$/;

/** A conjunct, or the only condition of `where`. */
export const lostSqlConjuncts: SqlOperator = (tokens, n) => {
  const { text } = tokens[n]!;
  if (text === 'where') return onlyCondition(tokens, n);
  if (text !== 'and' || isBetween(tokens, n)) return [];
  const right = { start: tokens[n - 1]!.end, end: tokens[endOfCondition(tokens, n + 1) - 1]!.end };
  const first = startOfCondition(tokens, n - 1);
  if (first > n - 1 || /^(and|or)$/.test(tokens[first - 1]?.text ?? ''))
    return [{ kind: 'filter ignored', ...right, text: '' }];
  const left = { start: tokens[first]!.start, end: tokens[n + 1]!.start };
  return [left, right].map((range) => ({ kind: 'filter ignored', ...range, text: '' }));
};

function onlyCondition(tokens: readonly Token[], n: number): ReturnType<SqlOperator> {
  const end = endOfCondition(tokens, n + 1);
  if (end <= n + 1 || /^(and|or)$/.test(tokens[end]?.text ?? '')) return [];
  return [{ kind: 'filter ignored', ...rangeBetween(tokens, n + 1, end), text: 'true' }];
}

/** The first token of a condition that ends with token `to`. */
function startOfCondition(tokens: readonly Token[], to: number): number {
  const before = limitFrom(tokens, to, (text) => BEFORE_CONDITION.test(text), -1);
  return tokens[before]?.text === 'and' && isBetween(tokens, before)
    ? startOfCondition(tokens, before - 1)
    : before + 1;
}

/** The token after a condition; the `and` of its `between` does not end it. */
function endOfCondition(tokens: readonly Token[], from: number): number {
  const end = limitFrom(tokens, from, (text) => AFTER_CONDITION.test(text));
  return tokens[end]?.text === 'and' && isBetween(tokens, end) ? endOfCondition(tokens, end + 1) : end;
}

/** Whether the `and` belongs to the nearest `between` before it. */
function isBetween(tokens: readonly Token[], n: number): boolean {
  const before = limitFrom(tokens, n - 1, (text) => text === 'between' || BEFORE_CONDITION.test(text), -1);
  return tokens[before]?.text === 'between';
}

export const exchangedSqlOperators: SqlOperator = (tokens, n) => {
  const { text, start, end } = tokens[n]!;
  if (text === 'or' && tokens[n + 1]?.text !== 'replace') return [{ kind: 'and for or', start, end, text: 'and' }];
  return text === 'and' && !isBetween(tokens, n) ? [{ kind: 'and for or', start, end, text: 'or' }] : [];
};

const OTHER_BOUNDS: Readonly<Record<string, string>> = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' };

/** A bound that has or has not its own value; `± 1` left out. */
export const sqlByOne: SqlOperator = (tokens, n) => {
  const { text, start, end } = tokens[n]!;
  const bound = OTHER_BOUNDS[text];
  if (bound !== undefined) return [{ kind: 'off by one', start, end, text: bound }];
  if (!/^[+-]$/.test(text) || tokens[n + 1]?.text !== '1') return [];
  return [{ kind: 'off by one', start: tokens[n - 1]!.end, end: tokens[n + 1]!.end, text: '' }];
};

/** `is [not] null`, `is [not] distinct from`, `[not] exists`, the condition of `if`. */
export const negatedSql: SqlOperator = (tokens, n) => {
  const kind = 'condition negated';
  const [token, next] = [tokens[n]!, tokens[n + 1]];
  if (token.text === 'is' && next?.text === 'not') return [{ kind, start: token.end, end: next.end, text: '' }];
  if (token.text === 'is' && /^(null|distinct)$/.test(next?.text ?? ''))
    return [{ kind, start: token.end, end: token.end, text: ' not' }];
  if (token.text === 'not' && next?.text === 'exists') return [{ kind, start: token.start, end: next.start, text: '' }];
  if (token.text === 'exists' && tokens[n - 1]?.text !== 'not' && tokens[n - 1]?.text !== 'if')
    return [{ kind, start: token.start, end: token.start, text: 'not ' }];
  if (token.text !== 'if' || tokens[n - 1]?.text === 'end' || /^(exists|not)$/.test(next?.text ?? '')) return [];
  const then = limitFrom(tokens, n + 1, (text) => text === 'then');
  if (tokens[then]?.text !== 'then') return [];
  return [
    {
      kind,
      ...rangeBetween(tokens, n + 1, then),
      text: `not (${tokens
        .slice(n + 1, then)
        .map(({ text }) => text)
        .join(' ')})`,
    },
  ];
};
