import { parse } from 'yaml';
import type { OutputFormat } from '../../contract/actions';
import type { Json } from '../../contract/json';

/** YAML is parsed by walking characters: beyond this it would hold up the other attempts of this worker. */
const YAML_LIMIT_BYTES = 1_024 * 1_024;
/** Deeper documents cannot be written again without exhausting somebody's stack. */
const MAX_DEPTH = 512;

/** What a program that exited 0 printed, as a value; undefined when it is no such document. Never throws. */
export function parseOutput(text: string, format: OutputFormat): Json | undefined {
  if (text.trim() === '') return undefined;
  switch (format) {
    case 'text':
      return undefined;
    case 'json':
      return json(text) ?? json(lastLine(text));
    case 'yaml':
      return text.length > YAML_LIMIT_BYTES ? undefined : attempt(() => parse(text, { logLevel: 'error' }) as unknown);
    case 'jsonl':
      return text
        .split('\n')
        .map(json)
        .filter((value) => value !== undefined);
  }
}

/** The last line that is not blank, trimmed; the empty text when there is none. */
export const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1)?.trim() ?? '';

const json = (text: string): Json | undefined => attempt(() => JSON.parse(text) as unknown);

/** Not a document, or one that cannot be stored: the text stands for itself. */
function attempt(read: () => unknown): Json | undefined {
  try {
    return storableValue(read(), 0);
  } catch {
    return undefined;
  }
}

const UNSTORABLE = /[\0\p{Surrogate}]/gu;

const clean = (text: string): string => text.replace(UNSTORABLE, '\uFFFD');

/** The value with NUL and lone surrogates as U+FFFD, and numbers that JSON has no word for as null. */
function storableValue(value: unknown, depth: number): Json {
  if (depth > MAX_DEPTH) throw new RangeError(`more than ${MAX_DEPTH} levels deep`);
  if (typeof value === 'string') return clean(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((member) => storableValue(member, depth + 1));
  if (typeof value !== 'object' || value === null) return null;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [clean(name), storableValue(member, depth + 1)]),
  );
}
