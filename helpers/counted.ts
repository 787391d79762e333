import type { Condition } from './polling';

/** Exactly `n` rows, oldest first. Impossible once there are more. */
export const counted = <T extends { id: number }>(
  name: string,
  n: number,
  list: () => Promise<T[]>,
  evidence: () => Promise<string> = () => Promise.resolve(''),
): Condition<T[]> => ({
  name,
  look: async () => {
    const rows = await list();
    if (rows.length === n) return { is: 'met', value: rows.sort((a, b) => a.id - b.id) };
    const why = `${rows.length} of ${n}: ${rows.map(({ id }) => id).join(', ')}`;
    return rows.length > n ? { is: 'impossible', why } : { is: 'pending', why };
  },
  evidence,
});
