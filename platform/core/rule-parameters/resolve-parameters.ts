import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { textOrEmpty } from '../../../contract/json-text/text-or-json';
import { writeJson } from '../../../contract/json-text/write-json';
import { valueAtPath } from '../data/value-at-path';
import { memberTaint, type Taint } from '../secrets/taint';
import { Budget } from '../template/budget';
import { evaluateWithin } from '../template/evaluate';
import { segments } from '../template/segments';
import { tryEvaluate } from '../template/try-evaluate';
import type { Scope, TemplateError } from '../template/types';
import { dottedPath, isPurePath, parsedExpression, wholePlaceholder } from './placeholders';
import { templateTaint } from './template-taint';

/** Compact JSON characters that all placeholders of one rule may resolve to. */
const MAX_RESOLVED_LENGTH = 4_194_304;

/** The resolved parameters are larger than an execution accepts. */
export class ParametersTooLarge extends Error {
  constructor() {
    super(`the parameters are larger than ${MAX_RESOLVED_LENGTH} characters: copy less of the event`);
    this.name = 'ParametersTooLarge';
  }
}

/** An expression in the parameters has a fault with these values. */
export class ParameterFault extends Error {
  constructor(source: string, { column, message }: TemplateError) {
    super(`the parameter {{ ${source} }}: column ${column}: ${message}`);
    this.name = 'ParameterFault';
  }
}

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
 * A rule's parameters with the value of every `{{ … }}`, and their taint. A text that is one
 * placeholder gets the typed value, null for a path that leads nowhere; inside other text such a
 * path is empty. Values are not searched for placeholders again, keys are not resolved, and
 * anything but an object gives `{}`. Throws ParametersTooLarge; ParameterFault for an expression
 * that is no path.
 */
export function resolveParameters(parameters: Json, sources: PlaceholderSources): ResolvedParameters {
  if (!isObject(parameters)) return { parameters: {}, secrets: null };
  const resolution = new ParameterResolver(sources);
  const resolved = Object.entries(parameters).map(([key, member]): [string, Json] => [key, resolution.value(member)]);
  return { parameters: Object.fromEntries(resolved), secrets: templateTaint(parameters, sources.secrets) };
}

class ParameterResolver {
  private characters = 0;
  private readonly budget = new Budget();
  private readonly scope: Scope;
  /** A placeholder that occurs a thousand times is resolved and measured once. */
  private readonly cache = new Map<string, { readonly value: Json | undefined; readonly size: number }>();

  constructor(private readonly sources: PlaceholderSources) {
    const { values, secrets } = sources;
    this.scope = {
      name: (name) => (Object.hasOwn(values, name) ? values[name] : undefined),
      result: null,
      outcome: null,
      secrets: { name: (name) => memberTaint(secrets, name), result: null },
    };
  }

  value(template: Json): Json {
    if (typeof template === 'string') return this.text(template);
    if (Array.isArray(template)) return template.map((element) => this.value(element));
    if (!isObject(template)) return template;
    return Object.fromEntries(Object.entries(template).map(([key, member]) => [key, this.value(member)]));
  }

  private text(template: string): Json {
    const whole = wholePlaceholder(template);
    if (whole !== null) return this.resolve(whole) ?? null;
    const parts = Array.from(segments(template), (segment) =>
      segment.kind === 'text' ? segment.text : textOrEmpty(this.resolve(segment.text)),
    );
    return parts.join('');
  }

  private resolve(source: string): Json | undefined {
    const resolved = this.cache.get(source) ?? this.lookUp(source);
    this.cache.set(source, resolved);
    this.characters += resolved.size;
    if (this.characters > MAX_RESOLVED_LENGTH) throw new ParametersTooLarge();
    return resolved.value;
  }

  private lookUp(source: string) {
    const path = dottedPath(source);
    const value = path === null ? this.evaluate(source.trim()) : valueAtPath(this.sources.values, path);
    return { value, size: value === undefined ? 0 : writeJson(value).length };
  }

  /** Undefined for a path that leads nowhere. Throws ParameterFault. */
  private evaluate(source: string): Json | undefined {
    const evaluated = tryEvaluate(() => evaluateWithin(source, this.scope, this.budget).value);
    if ('value' in evaluated) return evaluated.value;
    const { error } = evaluated;
    const expression = parsedExpression(source);
    const leadsNowhere = ['TEMPLATE_NAME', 'TEMPLATE_TYPE'].includes(error.code);
    const isMissing = leadsNowhere && expression !== null && isPurePath(expression);
    if (!isMissing) throw new ParameterFault(source, error);
    return undefined;
  }
}
