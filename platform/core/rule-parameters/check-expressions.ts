import type { Json } from '../../../contract/json';
import { EVENT_FIELDS } from '../criteria/types';
import { unsupportedPart } from '../criteria/unsupported-part';
import type { ValidationError } from '../schema/validator';
import { lintSource, type LintContext } from '../template/lint';
import { segments } from '../template/segments';
import { dottedPath, parsedExpression } from './placeholders';

/** The members of each name that a rule reads; null: any. */
const MEMBERS: Readonly<Record<string, readonly string[] | null>> = {
  event: EVENT_FIELDS,
  trigger: ['payload'],
  pack: ['config'],
  system: ['timestamp', 'rule'],
  keystore: null,
};

function checkPath(name: string, [member]: readonly string[]): string | null {
  const members = Object.hasOwn(MEMBERS, name) ? MEMBERS[name] : undefined;
  if (members === undefined) {
    const hint = name === 'payload' ? 'event.payload' : `event.payload.${name}`;
    return `unknown name '${name}': a rule reads event, pack.config, keystore and system; for the event write \`${hint}\``;
  }
  if (members === null || member === undefined || members.includes(member)) return null;
  const hint = name === 'event' || name === 'trigger' ? `; write \`event.payload.${member}\`` : '';
  return `\`${name}\` has no ${member}: it has ${members.join(', ')}${hint}`;
}

const RULE: LintContext = { names: new Set(), checkPath };

/** The mistakes in the expressions of a rule's parameters, which could never be evaluated. */
export function expressionErrors(template: Json, path: string): ValidationError[] {
  if (typeof template === 'string') return textErrors(template).map((message) => ({ path, message }));
  if (template === null || typeof template !== 'object') return [];
  return Object.entries(template).flatMap(([key, part]) => expressionErrors(part, `${path}/${key}`));
}

function textErrors(text: string): string[] {
  return Array.from(segments(text)).flatMap((segment) =>
    segment.kind === 'expression' ? expressionError(segment.text, segment.at) : [],
  );
}

const ESCAPE = 'for the text itself write {% raw %}…{% endraw %} around it';

/** The first mistake in an expression, with its column in the text. */
function expressionError(source: string, offset: number): string[] {
  const path = dottedPath(source);
  const start = offset + source.search(/\S|$/) + 1;
  if (path !== null) {
    const message = checkPath(path[0]!, path.slice(1));
    return message === null ? [] : [`column ${start}: ${message}`];
  }
  const expression = parsedExpression(source);
  const unsupported = expression === null ? null : unsupportedPart(expression);
  if (unsupported !== null) return [`column ${start}: ${unsupported}`];
  const [first] = lintSource(source, RULE);
  if (first === undefined) return [];
  return [`column ${offset + first.column}: ${first.message}${expression === null ? `; ${ESCAPE}` : ''}`];
}
