import { Tenant } from '../../../../contract/tenants';
import { Worker } from '../../../../contract/workers';
import { partOf, type FilterCell } from './filters';
import { PAGES, sorted, type ListCell } from './list-cell';
import type { Row } from './row';

/** All tenants and workers of a platform. */
export interface PlatformRows {
  readonly tenants: readonly Row[];
  readonly workers: readonly Row[];
}

/** One of some words in a column, in upper or lower case; any other word matches nothing. */
const wordIn = (column: string, words: readonly string[]): FilterCell<PlatformRows> => ({
  type: 'string',
  values: () => words.flatMap((word) => [word, word.toUpperCase()]),
  keeps: (row, value) => String(row[column]) === String(value).toLowerCase(),
  misses: () => ['nothing', words[0]!.slice(1)],
});

/**
 * The lists whose rows are of the whole platform: other tests create some at the same time, so
 * that a database of its own has them (`tests/integration/api/platform-lists.test.ts`).
 */
export const PLATFORM_LISTS: readonly ListCell<PlatformRows>[] = [
  {
    path: '/api/v1/tenants',
    key: 'slug',
    item: Tenant,
    rows: ({ tenants }) => sorted(tenants, 'slug'),
    filters: {},
    pages: PAGES,
  },
  {
    path: '/api/v1/workers',
    key: 'name',
    item: Worker,
    rows: ({ workers }) => sorted(workers, 'name'),
    filters: {
      q: partOf(['name'], () => ['closed', 'sens']),
      role: wordIn('worker_role', ['action', 'sensor']),
      status: wordIn('status', ['active', 'inactive', 'busy', 'error']),
      cordoned: wordIn('cordoned', ['true', 'false']),
      health_state: wordIn('health_state', ['cordoned', 'error', 'offline', 'busy', 'active', 'inactive']),
    },
    pages: PAGES,
  },
];
