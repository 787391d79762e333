import type { Json } from '../../contract/json';
import { formsOf } from './secret-forms';

/** What stands where a secret was printed. */
export const MASK = '***';

/** Bytes as they pass, secrets masked: also one that comes in two pieces. */
export interface Filter {
  push(bytes: Buffer): Buffer;
  /** What was held back because it might have become a secret. */
  end(): Buffer;
}

/** Hides an attempt's secrets in all that is told of it. */
export interface Redactor {
  text(text: string): string;
  /** Strings at any depth, names of members too; and numbers that a secret spells. */
  value<T extends Json>(value: T): T;
  stream(): Filter;
  /** Something was masked. */
  readonly masked: boolean;
}

/** `secrets`: any values; what counts are the strings in them of at least 4 characters, in every form that `formsOf` knows. */
export function redactorOf(secrets: readonly Json[]): Redactor {
  const forms = [...new Set(secrets.flatMap(stringsIn).flatMap(formsOf))].sort((a, b) => b.length - a.length);
  if (forms.length === 0) return NOTHING;
  const bytes = forms.map(latin1);
  let masked = false;
  const replace = (text: string, all: RegExp) =>
    text.replace(all, () => {
      masked = true;
      return MASK;
    });
  const [inText, inBytes] = [anyOf(forms), anyOf(bytes)];
  const text = (said: string) => replace(said, inText);
  const spelt = new Set(forms);
  const walk = (value: Json): Json => {
    if (typeof value === 'string') return text(value);
    if (typeof value === 'number' && spelt.has(String(value))) return text(String(value));
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [text(name), walk(member)]));
  };
  return {
    text,
    value: <T extends Json>(value: T) => walk(value) as T,
    stream: () => filterOf(bytes, inBytes, replace),
    get masked() {
      return masked;
    },
  };
}

const NOTHING: Redactor = {
  text: (text) => text,
  value: (value) => value,
  stream: () => ({ push: (bytes) => bytes, end: () => Buffer.alloc(0) }),
  masked: false,
};

function stringsIn(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}

const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/** Longest first: of two that begin alike the whole is masked, not its beginning. */
const anyOf = (forms: readonly string[]): RegExp =>
  new RegExp(forms.map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');

/** Bytes are read as Latin-1: what is no UTF-8 passes unharmed. */
function filterOf(forms: readonly string[], all: RegExp, replace: (text: string, all: RegExp) => string): Filter {
  let held = '';
  return {
    push: (bytes) => {
      const text = held + bytes.toString('latin1');
      const safe = safeLength(text, forms, all);
      held = text.slice(safe);
      return Buffer.from(replace(text.slice(0, safe), all), 'latin1');
    },
    end: () => {
      const rest = replace(held, all);
      held = '';
      return Buffer.from(rest, 'latin1');
    },
  };
}

/** How much of the text can no longer become part of a secret: the rest may be the beginning of one. */
function safeLength(text: string, forms: readonly string[], all: RegExp): number {
  const begun = beginningAt(text, forms);
  for (const match of text.slice(0, begun + forms[0]!.length).matchAll(all)) {
    if (match.index < begun && match.index + match[0].length > begun) return match.index;
  }
  return begun;
}

function beginningAt(text: string, forms: readonly string[]): number {
  const longest = forms[0]!.length;
  for (let at = Math.max(0, text.length - longest + 1); at < text.length; at++) {
    const rest = text.slice(at);
    if (forms.some((form) => form.length > rest.length && form.startsWith(rest))) return at;
  }
  return text.length;
}
