import type { Json } from '../../../contract/json';
import { holdsSecret, memberTaint, taintFromMembers, type Taint } from '../secrets/taint';
import { childExpressions, staticMembers, unchain, type Expression } from '../template/ast';
import { expressionsIn } from '../template/segments';
import { dottedPath, isPurePath, parsedExpression, wholePlaceholder } from './placeholders';

/** The taint of a rule's parameters, which does not depend on the values. */
export function templateTaint(template: Json, secrets: Taint): Taint {
  if (secrets === null || template === null || typeof template !== 'object') return textTaint(template, secrets);
  if (Array.isArray(template))
    return taintFromMembers(template.map((element, at) => [at, templateTaint(element, secrets)]));
  return taintFromMembers(Object.entries(template).map(([key, member]) => [key, templateTaint(member, secrets)]));
}

function textTaint(template: Json, secrets: Taint): Taint {
  if (secrets === null || typeof template !== 'string') return null;
  const whole = wholePlaceholder(template);
  if (whole !== null) return placeholderTaint(whole, secrets);
  return expressionsIn(template).some((source) => placeholderTaint(source, secrets) !== null) ? true : null;
}

/** A path has the taint of what it leads to; any other expression that reads a secret is one. */
function placeholderTaint(source: string, secrets: Taint): Taint {
  const path = dottedPath(source);
  if (path !== null) return taintAtPath(secrets, path);
  const expression = parsedExpression(source);
  if (expression === null) return null;
  const { start, links } = unchain(expression);
  const members = staticMembers(links);
  if (start.kind === 'name' && isPurePath(expression) && members.length === links.length)
    return taintAtPath(secrets, [start.name, ...members]);
  return readsSecret(expression, secrets) ? true : null;
}

function readsSecret(expression: Expression, secrets: Taint): boolean {
  const { start, links } = unchain(expression);
  if (start.kind === 'name' && holdsSecret(taintAtPath(secrets, [start.name, ...staticMembers(links)]))) return true;
  return [start, ...links].some((part) => childExpressions(part).some((inner) => readsSecret(inner, secrets)));
}

const taintAtPath = (secrets: Taint, path: readonly string[]): Taint => path.reduce(memberTaint, secrets);
