import type { ChangeFilter } from '../change-feed';
import type { Condition } from '../polling';
import { writeJson } from '../../../contract/json-text/write-json';

interface RowOptions {
  /** By default the rows of the last check. */
  readonly evidence?: (() => Promise<string>) | undefined;
  /** What shows that as many more rows exist. */
  readonly changedBy?: (missing: number) => ChangeFilter | undefined;
  readonly activity?: Condition<unknown>['activity'];
}

/**
 * Exactly `n` rows, oldest first. Impossible with more.
 */
export const exactlyNRows = <T extends { id: number }>(
  name: string,
  n: number,
  list: () => Promise<T[]>,
  { evidence, changedBy, activity }: RowOptions = {},
): Condition<T[]> => {
  let rows: T[] = [];
  return {
    name,
    check: async () => {
      rows = (await list()).sort((a, b) => a.id - b.id);
      if (rows.length === n) return { is: 'met', value: rows };
      const why = `${rows.length} of ${n}: ${rows.map(({ id }) => id).join(', ')}`;
      if (rows.length > n) return { is: 'impossible', why };
      return { is: 'pending', why, changedBy: changedBy?.(n - rows.length) };
    },
    evidence: evidence ?? (() => rows.map((row) => writeJson(row)).join('\n')),
    activity,
  };
};
