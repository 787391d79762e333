import type { Condition } from './polling';

/** Exactly `n` rows, oldest first. Impossible once there are more. Its evidence is what there was at the last look. */
export const counted = <T extends { id: number }>(
  name: string,
  n: number,
  list: () => Promise<T[]>,
): Condition<T[]> => {
  let rows: T[] = [];
  return {
    name,
    look: async () => {
      rows = (await list()).sort((a, b) => a.id - b.id);
      if (rows.length === n) return { is: 'met', value: rows };
      const why = `${rows.length} of ${n}: ${rows.map(({ id }) => id).join(', ')}`;
      return rows.length > n ? { is: 'impossible', why } : { is: 'pending', why };
    },
    evidence: () => Promise.resolve(rows.map((row) => JSON.stringify(row)).join('\n')),
  };
};
