import { isObject, type Json } from '../../../contract/json';
import { didYouMean } from '../../../contract/text/closest-match';
import type { ValidationError } from '../schema/validator';
import { lintSource, type LintContext } from '../template/lint';
import { parse } from '../template/parse';
import { wholeExpression } from '../template/segments';
import { tryEvaluate } from '../template/try-evaluate';
import { OPERATOR_NAMES } from './items';
import { EVENT_FIELDS } from './types';
import { unsupportedPart } from './unsupported-part';

const FORMS = 'must be {"expression": "…"} or a list of {field, operator, value}';

/** Why criteria can match no event: their form, an operator, an expression. */
export function criteriaErrors(conditions: Json): ValidationError[] {
  if (conditions === null) return [];
  if (Array.isArray(conditions)) return conditions.flatMap((item, at) => itemErrors(item, `conditions/${at}`));
  if (!isObject(conditions)) return [{ path: 'conditions', message: FORMS }];
  const { expression } = conditions;
  if (Object.keys(conditions).length === 0) return [];
  if (typeof expression !== 'string') return [{ path: 'conditions', message: FORMS }];
  const path = 'conditions/expression';
  const message = expressionError(expression);
  return message === null ? [] : [{ path, message }];
}

function itemErrors(item: Json, path: string): ValidationError[] {
  if (!isObject(item) || typeof item.field !== 'string' || item.value === undefined) {
    return [{ path, message: 'must be {field, operator, value}' }];
  }
  const { operator } = item;
  if (typeof operator === 'string' && OPERATOR_NAMES.includes(operator)) return [];
  const hint = typeof operator === 'string' ? didYouMean(operator, OPERATOR_NAMES) : '';
  const others = 'for others write {"expression": "event.payload.…"}';
  return [{ path: `${path}/operator`, message: `must be one of ${OPERATOR_NAMES.join(', ')}${hint || `; ${others}`}` }];
}

const CRITERIA: LintContext = {
  names: new Set(),
  checkPath: (name, [field]) => {
    const suggestion = name === 'payload' || name === 'trigger' ? 'event.payload' : `event.payload.${name}`;
    if (name !== 'event') return `unknown name '${name}': criteria read \`event\`, so write \`${suggestion}\``;
    if (field === undefined || EVENT_FIELDS.includes(field)) return null;
    return `\`event\` has no ${field}: it has ${EVENT_FIELDS.join(', ')}; write \`event.payload.${field}\``;
  },
};

/** The first mistake in an expression, with its column; null for none. */
function expressionError(text: string): string | null {
  const source = wholeExpression(text) ?? text;
  const parsed = tryEvaluate(() => parse(source));
  const unsupported = 'value' in parsed ? unsupportedPart(parsed.value) : null;
  if (unsupported !== null) return unsupported;
  const [first] = lintSource(source, CRITERIA);
  return first === undefined ? null : `column ${first.column + text.indexOf(source)}: ${first.message}`;
}
