import { isObject, type Json, type JsonObject } from '../../../contract/json';

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

/**
 * A rule's parameters with every `{{ dotted.path }}` replaced by what it leads to in `sources`. A text that is one
 * placeholder keeps the value's type, and null for a missing path; inside other text a missing path is nothing. What a
 * path leads to is never looked at for placeholders again. Keys are not resolved. Anything but an object gives `{}`.
 * Throws ParametersTooLarge.
 */
export function resolveParameters(parameters: Json, sources: JsonObject): JsonObject {
  if (!isObject(parameters)) return {};
  const resolution = new Resolution(sources);
  return Object.fromEntries(Object.entries(parameters).map(([key, member]) => [key, resolution.value(member)]));
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
    const value = valueAt(this.sources, path.trim().split('.'));
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
