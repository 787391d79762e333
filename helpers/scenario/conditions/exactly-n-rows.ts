import type { Condition } from '../polling';

/**
 * Exactly `n` rows, oldest first. Impossible with more. By default the evidence is the rows of the
 * last check.
 */
export const exactlyNRows = <T extends { id: number }>(
  name: string,
  n: number,
  list: () => Promise<T[]>,
  evidence?: () => Promise<string>,
): Condition<T[]> => {
  let rows: T[] = [];
  return {
    name,
    check: async () => {
      rows = (await list()).sort((a, b) => a.id - b.id);
      if (rows.length === n) return { is: 'met', value: rows };
      const why = `${rows.length} of ${n}: ${rows.map(({ id }) => id).join(', ')}`;
      return rows.length > n ? { is: 'impossible', why } : { is: 'pending', why };
    },
    evidence: evidence ?? (() => rows.map((row) => JSON.stringify(row)).join('\n')),
  };
};
