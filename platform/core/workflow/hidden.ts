import { REDACTED, isObject, type Json } from '../../../contract/json';
import { taintAt, type Taint } from '../template/taint';

/** Values that were cut out, by JSON pointer: `/variables/token`, `` for the whole. */
export type Hidden = Readonly<Record<string, Json>>;

export interface Parted {
  /** The value with REDACTED in the place of each secret: what may be stored and shown. */
  readonly shown: Json;
  readonly hidden: Hidden;
}

const segment = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** Cuts out what is secret. Null is no secret: it says that there is none. */
export function hide(value: Json, taint: Taint): Parted {
  const hidden: Record<string, Json> = {};
  const walk = (part: Json, mark: Taint, pointer: string): Json => {
    if (mark === null || part === null) return part;
    if (mark === true) {
      hidden[pointer] = part;
      return REDACTED;
    }
    if (typeof part !== 'object') return part;
    const inner = (key: string | number, member: Json): Json =>
      walk(member, taintAt(mark, key), `${pointer}/${segment(String(key))}`);
    if (Array.isArray(part)) return part.map((element, at) => inner(at, element));
    return Object.fromEntries(Object.entries(part).map(([key, member]) => [key, inner(key, member)]));
  };
  return { shown: walk(value, taint, ''), hidden };
}

/** Puts back what was cut out. */
export const reveal = (shown: Json, hidden: Hidden): Json =>
  Object.entries(hidden).reduce((whole, [pointer, value]) => placed(whole, segmentsOf(pointer), value), shown);

const segmentsOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

function placed(whole: Json, [key, ...rest]: readonly string[], value: Json): Json {
  if (key === undefined) return value;
  if (Array.isArray(whole)) return whole.map((part, at) => (String(at) === key ? placed(part, rest, value) : part));
  if (!isObject(whole)) return whole;
  return Object.fromEntries(
    Object.entries(whole).map(([name, part]) => [name, name === key ? placed(part, rest, value) : part]),
  );
}

/** The taint that such values have: each is secret as a whole. */
export function taintOfHidden(hidden: Hidden): Taint {
  let taint: Taint = null;
  for (const pointer of Object.keys(hidden)) taint = marked(taint, segmentsOf(pointer));
  return taint;
}

function marked(taint: Taint, [key, ...rest]: readonly string[]): Taint {
  if (key === undefined || taint === true) return true;
  return { ...taint, [key]: marked(taintAt(taint, key), rest) };
}
