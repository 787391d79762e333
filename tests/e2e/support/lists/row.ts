/** What GET by id returns of a row. */
export type Row = Readonly<Record<string, unknown>>;

/** A text or a number as text; anything else has none. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';
