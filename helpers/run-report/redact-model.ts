import type { Redact } from '../report/xml';

/** A copy of a value of JSON in which each text is redacted; the names of members stay. */
export function redactTexts<T>(value: T, redact: Redact): T {
  const copy = (part: unknown): unknown => {
    if (typeof part === 'string') return redact(part);
    if (Array.isArray(part)) return part.map(copy);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([name, member]) => [name, copy(member)]));
  };
  return copy(value) as T;
}
