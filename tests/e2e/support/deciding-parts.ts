import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';

/** A value for each field that the parts read. */
export const PARTS_PAYLOAD: Parameters = {
  a: 1,
  b: 2,
  or: 1,
  and: 1,
  x: { or: { and: 1 } },
  text: 'a or b and c',
  dot: '.',
  open: '(',
  close: ']',
};

/**
 * Parts of criteria that are true of that payload, and that no keyword or bracket inside divides:
 * in a name, a text, a list, an index, an argument or below a negation.
 */
export const WHOLE_PARTS: readonly string[] = [
  'event.payload.or == 1',
  'event.payload.and == 1',
  'event.payload.x.or.and == 1',
  'event.payload . or == 1',
  'event.payload["or"] == event.payload["and"]',
  'event.payload.text == "a or b and c"',
  "event.payload.text == 'a or b and c'",
  'event.payload.dot == "."',
  "'.' == event.payload.dot",
  'event.payload.open == "("',
  'event.payload.close == "]"',
  'contains(event.payload.text, "or b" + (" and"))',
  'event.payload.none | default(1 == 2 or 2 == 2 and true)',
  '[1 == 2 or 1 == 1] == [true and true]',
  '(event.payload.a) == (1)',
  'event.payload.a == 1',
  'not (event.payload.a == 9 or event.payload.b == 9)',
];

/** Criteria of which this part decides: the one before it is false, and it is true. */
export const criteriaDecidedBy = (part: string): string => `event.payload.b == 9 or ${part} or event.payload.a == 1`;

/** Those that are written between parentheses as well, which the part that decides is without. */
export const NESTED_PARTS: readonly string[] = WHOLE_PARTS.slice(-3);
export const inParentheses = (part: string): string => `((${part}))`;
