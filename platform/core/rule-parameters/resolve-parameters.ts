import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { valueAtPath } from '../json/value-at-path';
import { memberTaint, taintFromMembers, type Taint } from '../secrets/taint';

/** Compact JSON characters that all placeholders of one rule may resolve to. */
const MAX_RESOLVED_LENGTH = 4_194_304;

/** The resolved parameters are larger than an execution accepts. */
export class ParametersTooLarge extends Error {
  constructor() {
    super(`the parameters are larger than ${MAX_RESOLVED_LENGTH} characters: copy less of the event`);
    this.name = 'ParametersTooLarge';
  }
}

const PLACEHOLDER = /\{\{([^}]*)\}\}/g;
const SINGLE_PLACEHOLDER = /^\{\{([^}]*)\}\}$/;

/** The values that placeholders can read, and their taint. */
export interface PlaceholderSources {
  readonly values: JsonObject;
  readonly secrets: Taint;
}

interface ResolvedParameters {
  readonly parameters: JsonObject;
  readonly secrets: Taint;
}

/**
 * A rule's parameters with every `{{ dotted.path }}` replaced by its value in `sources`. A text
 * that is one placeholder gets the typed value, null for a missing path; inside other text a
 * missing path is empty. Values are not searched for placeholders again, keys are not resolved,
 * and anything but an object gives `{}`. Throws ParametersTooLarge.
 */
export const resolveParameters = (parameters: Json, sources: JsonObject): JsonObject =>
  resolveWithTaint(parameters, { values: sources, secrets: null }).parameters;

/** As `resolveParameters`, with the taint of the result. */
export function resolveWithTaint(parameters: Json, sources: PlaceholderSources): ResolvedParameters {
  if (!isObject(parameters)) return { parameters: {}, secrets: null };
  const resolution = new ParameterResolver(sources.values);
  const resolved = Object.entries(parameters).map(([key, member]): [string, Json] => [key, resolution.value(member)]);
  return { parameters: Object.fromEntries(resolved), secrets: templateTaint(parameters, sources.secrets) };
}

/** The taint of a rule's parameters, which does not depend on the values. */
export function templateTaint(template: Json, secrets: Taint): Taint {
  if (secrets === null || template === null || typeof template !== 'object') return textTaint(template, secrets);
  if (Array.isArray(template))
    return taintFromMembers(template.map((element, at) => [at, templateTaint(element, secrets)]));
  return taintFromMembers(Object.entries(template).map(([key, member]) => [key, templateTaint(member, secrets)]));
}

function textTaint(template: Json, secrets: Taint): Taint {
  if (secrets === null || typeof template !== 'string') return null;
  const [, whole] = SINGLE_PLACEHOLDER.exec(template) ?? [];
  if (whole !== undefined) return taintAtPath(secrets, whole);
  return placeholderPaths(template).some((path) => taintAtPath(secrets, path) !== null) ? true : null;
}

const pathSegments = (path: string): string[] => path.trim().split('.');

const taintAtPath = (secrets: Taint, path: string): Taint => pathSegments(path).reduce(memberTaint, secrets);

const placeholderPaths = (text: string): string[] => Array.from(text.matchAll(PLACEHOLDER), ([, path = '']) => path);

/** First members that placeholders read of a source: `{{ keystore.db.host }}` reads `db`. */
export function referencedMembers(source: string, template: Json): ReadonlySet<string> {
  const members = new Set<string>();
  const visit = (part: Json): void => {
    if (typeof part === 'string') {
      for (const [root, member] of placeholderPaths(part).map(pathSegments))
        if (root === source && member) members.add(member);
    } else if (part !== null && typeof part === 'object') Object.values(part).forEach(visit);
  };
  visit(template);
  return members;
}

class ParameterResolver {
  private characters = 0;
  /** A path that occurs a thousand times is resolved and measured once. */
  private readonly cache = new Map<string, { readonly value: Json | undefined; readonly size: number }>();

  constructor(private readonly sources: JsonObject) {}

  value(template: Json): Json {
    if (typeof template === 'string') return this.text(template);
    if (Array.isArray(template)) return template.map((element) => this.value(element));
    if (!isObject(template)) return template;
    return Object.fromEntries(Object.entries(template).map(([key, member]) => [key, this.value(member)]));
  }

  private text(template: string): Json {
    const [, whole] = SINGLE_PLACEHOLDER.exec(template) ?? [];
    if (whole !== undefined) return this.resolvePath(whole) ?? null;
    return template.replace(PLACEHOLDER, (_placeholder, path: string) => interpolateText(this.resolvePath(path)));
  }

  private resolvePath(path: string): Json | undefined {
    const resolved = this.cache.get(path) ?? this.lookUp(path);
    this.cache.set(path, resolved);
    this.characters += resolved.size;
    if (this.characters > MAX_RESOLVED_LENGTH) throw new ParametersTooLarge();
    return resolved.value;
  }

  private lookUp(path: string) {
    const value = valueAtPath(this.sources, pathSegments(path));
    return { value, size: value === undefined ? 0 : JSON.stringify(value).length };
  }
}

function interpolateText(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
