import type { JsonObject } from '../../contract/json';
import type { ParsedJson } from '../core/data/parse-json';
import { DomainError } from '../base/domain-error';

export const isForm = (mediaType: string | null): boolean => mediaType === 'application/x-www-form-urlencoded';

/** Senders that name no type, or plain text, send JSON. */
export const isJsonText = (mediaType: string | null): boolean =>
  mediaType === null || /^(?:application\/(?:[\w.!#$&^-]+\+)?json|text\/(?:json|plain))$/.test(mediaType);

/** The most fields that a form may have. */
const MAX_FIELDS = 1_000;

/**
 * The fields of a form: each is a text, or the list of its texts where the form repeats it. A
 * field that contains JSON stays a text. BAD_REQUEST.
 */
export function parseForm(bytes: Buffer): ParsedJson {
  const fields = [...new URLSearchParams(decode(bytes))];
  if (fields.length > MAX_FIELDS) {
    throw new DomainError('BAD_REQUEST', `the form has ${fields.length} fields: at most ${MAX_FIELDS} are allowed`);
  }
  const texts = new Map<string, string[]>();
  for (const [name, text] of fields) texts.set(name, [...(texts.get(name) ?? []), text]);
  const value: JsonObject = Object.fromEntries(
    Array.from(texts, ([name, list]) => [name, list.length === 1 ? list[0]! : list]),
  );
  const nul = fields.find(([name, text]) => `${name}${text}`.includes('\0'));
  return { value, nulPointer: nul === undefined ? null : `/${nul[0].replaceAll('\0', '')}` };
}

/** Strictly: no character is replaced. */
function decode(bytes: Buffer): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    decodeURIComponent(text);
    return text;
  } catch {
    throw new DomainError('BAD_REQUEST', 'the form cannot be read: it is not UTF-8, or has a % that encodes none');
  }
}
