import { Tenant } from '../../../../contract/tenants';
import { Worker } from '../../../../contract/workers';
import { choiceIn, partOf, type FilterCell } from './filters';
import { PAGES, sorted, type ListCell } from './list-cell';
import type { Row } from './row';

/** All tenants and workers of a platform. */
export interface PlatformRows {
  readonly tenants: readonly Row[];
  readonly workers: readonly Row[];
}

/** True or false, in upper or lower case. */
const CORDONED: FilterCell<PlatformRows> = {
  type: 'string',
  values: () => ['true', 'false', 'TRUE', 'False'],
  keeps: (row, value) => String(row.cordoned) === String(value).toLowerCase(),
  misses: () => [],
  refused: 'yes',
};

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
      role: choiceIn('worker_role', ['action', 'sensor']),
      status: choiceIn('status', ['active', 'inactive', 'busy', 'error']),
      cordoned: CORDONED,
      health_state: choiceIn('health_state', ['cordoned', 'error', 'offline', 'busy', 'active', 'inactive']),
    },
    pages: PAGES,
  },
];
