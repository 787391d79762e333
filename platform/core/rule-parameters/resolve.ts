import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { taintAt, taintOf, type Taint } from '../template/taint';

/** Characters that all placeholders of one rule may bring in together, as compact JSON. */
const MOST_CHARACTERS = 4_194_304;

/** What the placeholders of a rule bring in is more than an execution can be given. */
export class ParametersTooLarge extends Error {
  constructor() {
    super(`the parameters are larger than ${MOST_CHARACTERS} characters: copy less of the event`);
    this.name = 'ParametersTooLarge';
  }
}

const PLACEHOLDER = /\{\{([^}]*)\}\}/g;
const WHOLE = /^\{\{([^}]*)\}\}$/;

/** What placeholders may name, and which parts of it are secret. */
export interface Sources {
  readonly values: JsonObject;
  readonly secrets: Taint;
}

export interface Resolved {
  readonly parameters: JsonObject;
  readonly secrets: Taint;
}

/**
 * A rule's parameters with every `{{ dotted.path }}` replaced by what it leads to in `sources`. A text that is one
 * placeholder keeps the value's type, and null for a missing path; inside other text a missing path is nothing. What a
 * path leads to is never looked at for placeholders again. Keys are not resolved. Anything but an object gives `{}`.
 * Throws ParametersTooLarge.
 */
export const resolveParameters = (parameters: Json, sources: JsonObject): JsonObject =>
  resolveSecretly(parameters, { values: sources, secrets: null }).parameters;

/** As `resolveParameters`; tells also which of them come from secrets. */
export function resolveSecretly(parameters: Json, sources: Sources): Resolved {
  if (!isObject(parameters)) return { parameters: {}, secrets: null };
  const resolution = new Resolution(sources.values);
  const resolved = Object.entries(parameters).map(([key, member]): [string, Json] => [key, resolution.value(member)]);
  return { parameters: Object.fromEntries(resolved), secrets: secretsIn(parameters, sources.secrets) };
}

/** Which of a rule's parameters would come from secrets, whatever their values are. */
export function secretsIn(authored: Json, secrets: Taint): Taint {
  if (secrets === null || authored === null || typeof authored !== 'object') return secretsInText(authored, secrets);
  if (Array.isArray(authored)) return taintOf(authored.map((element, at) => [at, secretsIn(element, secrets)]));
  return taintOf(Object.entries(authored).map(([key, member]) => [key, secretsIn(member, secrets)]));
}

function secretsInText(authored: Json, secrets: Taint): Taint {
  if (secrets === null || typeof authored !== 'string') return null;
  const [, whole] = WHOLE.exec(authored) ?? [];
  if (whole !== undefined) return secretAt(secrets, whole);
  return pathsIn(authored).some((path) => secretAt(secrets, path) !== null) ? true : null;
}

const segmentsOf = (path: string): string[] => path.trim().split('.');

const secretAt = (secrets: Taint, path: string): Taint => segmentsOf(path).reduce(taintAt, secrets);

const pathsIn = (text: string): string[] => Array.from(text.matchAll(PLACEHOLDER), ([, path = '']) => path);

/** First members that placeholders take of a source: `{{ keystore.db.host }}` takes `db`. */
export function membersNamed(source: string, authored: Json): ReadonlySet<string> {
  const named = new Set<string>();
  const visit = (part: Json): void => {
    if (typeof part === 'string') {
      for (const [root, member] of pathsIn(part).map(segmentsOf)) if (root === source && member) named.add(member);
    } else if (part !== null && typeof part === 'object') Object.values(part).forEach(visit);
  };
  visit(authored);
  return named;
}

class Resolution {
  private characters = 0;
  /** A path that stands in a thousand places is followed and written once. */
  private readonly known = new Map<string, { readonly value: Json | undefined; readonly size: number }>();

  constructor(private readonly sources: JsonObject) {}

  value(authored: Json): Json {
    if (typeof authored === 'string') return this.text(authored);
    if (Array.isArray(authored)) return authored.map((element) => this.value(element));
    if (!isObject(authored)) return authored;
    return Object.fromEntries(Object.entries(authored).map(([key, member]) => [key, this.value(member)]));
  }

  private text(authored: string): Json {
    const [, whole] = WHOLE.exec(authored) ?? [];
    if (whole !== undefined) return this.follow(whole) ?? null;
    return authored.replace(PLACEHOLDER, (_placeholder, path: string) => interpolated(this.follow(path)));
  }

  private follow(path: string): Json | undefined {
    const known = this.known.get(path) ?? this.look(path);
    this.known.set(path, known);
    this.characters += known.size;
    if (this.characters > MOST_CHARACTERS) throw new ParametersTooLarge();
    return known.value;
  }

  private look(path: string) {
    const value = valueAt(this.sources, segmentsOf(path));
    return { value, size: value === undefined ? 0 : JSON.stringify(value).length };
  }
}

const POSITION = /^\d+$/;

/** Own members of objects and positions of lists; nothing else has a path. */
function valueAt(sources: JsonObject, segments: readonly string[]): Json | undefined {
  let value: Json | undefined = sources;
  for (const segment of segments) {
    if (Array.isArray(value)) value = POSITION.test(segment) ? value[Number(segment)] : undefined;
    else value = isObject(value) && Object.hasOwn(value, segment) ? value[segment] : undefined;
  }
  return value;
}

function interpolated(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
