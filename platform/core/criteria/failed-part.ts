import type { FailedPart } from '../../../contract/rule-decisions';
import { parseExactJson } from '../../../contract/json-text/parse-json-text';
import type { Expression } from '../template/ast';
import { evaluate } from '../template/evaluate';
import { parse } from '../template/parse';
import { tryEvaluate } from '../template/try-evaluate';
import { eventScope } from './expression';
import { OPERATOR_NAMES, valueAtPath } from './items';
import type { CriteriaEvent } from './types';

/** Comparisons that can be read from right to left, with the one that it is then. */
const EXCHANGED: Readonly<Record<string, string>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '>': '<',
  '<=': '>=',
  '>=': '<=',
};

const COMPARISONS: readonly string[] = [...Object.keys(EXCHANGED), 'in'];

/**
 * What a part of criteria that decided compares, and the value that the event has there.
 * `event`: without its secrets, so that none is shown. Null: the part cannot be read.
 */
export function failedPart(decidedBy: string, event: CriteriaEvent): FailedPart | null {
  if (decidedBy.endsWith('…')) return null; // it was cut where it was stored
  const parsed = tryEvaluate(() => parse(decidedBy));
  if ('error' in parsed) return itemPart(decidedBy, event);
  const expression = parsed.value;
  if (expression.kind !== 'binary' || !COMPARISONS.includes(expression.operator)) {
    return { path: decidedBy, operator: 'is true', expected: true, ...seenValue(decidedBy, event) };
  }
  const left = decidedBy.slice(0, expression.at).trim();
  const right = decidedBy.slice(expression.at + expression.operator.length).trim();
  const exchanged = isLiteral(expression.left) ? EXCHANGED[expression.operator] : undefined;
  const [path, other] = exchanged === undefined ? [left, right] : [right, left];
  const expected = tryEvaluate(() => evaluate(other, eventScope(event)));
  return {
    path,
    operator: exchanged ?? expression.operator,
    expected: 'error' in expected ? other : expected.value,
    ...seenValue(path, event),
  };
}

const isLiteral = ({ kind }: Expression): boolean => kind === 'literal';

function seenValue(path: string, event: CriteriaEvent): Pick<FailedPart, 'actual' | 'problem'> {
  const found = tryEvaluate(() => evaluate(path, eventScope(event)));
  return 'error' in found ? { actual: null, problem: found.error.message } : { actual: found.value, problem: null };
}

const ITEM = new RegExp(`^(\\S+) (${OPERATOR_NAMES.join('|')}) (.+)$`, 's');

/** A part of the form `field operator value`, which is read from the payload. */
function itemPart(text: string, { payload }: CriteriaEvent): FailedPart | null {
  const [, field, operator, value] = ITEM.exec(text) ?? [];
  if (field === undefined || operator === undefined || value === undefined) return null;
  const actual = valueAtPath(payload ?? null, field);
  return {
    path: `event.payload.${field}`,
    operator,
    expected: parseExactJson(value),
    actual: actual ?? null,
    problem: actual === undefined ? `the payload has no ${field}` : null,
  };
}
