import { AUDIT_LISTS } from './audit-lists';
import { CHANGE_LISTS } from './change-lists';
import { COMPONENT_LISTS } from './component-lists';
import type { ListCell } from './list-cell';
import { OBJECT_LISTS } from './object-lists';
import { PACK_PART_LISTS } from './pack-part-lists';
import { PLATFORM_LISTS } from './platform-lists';
import { RUN_LISTS } from './run-lists';

/** What is known of a list without its rows. */
export type ListOutline = Pick<ListCell<never>, 'path' | 'item' | 'filters' | 'pages'>;

/** Every list whose rows, filters and pages a table has. */
export const LISTS: readonly ListOutline[] = [
  ...RUN_LISTS,
  ...COMPONENT_LISTS,
  ...OBJECT_LISTS,
  ...AUDIT_LISTS,
  ...CHANGE_LISTS,
  ...PACK_PART_LISTS,
  ...PLATFORM_LISTS,
];

const AGGREGATE = 'an aggregate over a time, not rows: T3.32g, tests/integration/api/records';
const ONE_ROW = 'one row, with the values of its secrets on request: T2.3';
const STREAM = 'a text or a stream from an offset on, not rows: T2.17f, T3.21';

/** Lists, and other operations with query parameters, that are out, each with the reason. */
export const LISTS_OUT: Readonly<Record<string, string>> = {
  '/api/v1/agent/binary': 'one file by its architecture, not rows: tests/unit/api/agent-programs.test.ts',
  '/api/v1/analytics/dashboard': AGGREGATE,
  '/api/v1/analytics/enforcements/volume': AGGREGATE,
  '/api/v1/analytics/events/volume': AGGREGATE,
  '/api/v1/analytics/executions/failure-rate': AGGREGATE,
  '/api/v1/analytics/executions/status': AGGREGATE,
  '/api/v1/analytics/executions/throughput': AGGREGATE,
  '/api/v1/analytics/workers/status': AGGREGATE,
  '/api/v1/enforcements/{id}': ONE_ROW,
  '/api/v1/executions/stream': STREAM,
  '/api/v1/executions/{id}': ONE_ROW,
  '/api/v1/executions/{id}/log': STREAM,
  '/api/v1/executions/{id}/logs/{stream}/stream': STREAM,
  '/api/v1/executions/{id}/workflow-task-waits': 'has no rows: tests/integration/api/executions/resource.test.ts',
  '/api/v1/keys/{ref}': 'one row: tests/integration/api/keys.test.ts',
  '/api/v1/pack-indices/packs': 'what other servers return: tests/integration/packs',
  '/api/v1/packs/{ref}/environments': 'builds of environments: tests/integration/packs/environments.test.ts',
  '/api/v1/rules/{ref}/fires': 'instants of one timer: T1.3m',
  '/api/v1/search': 'hits by rank: tests/integration/api/rights/search-rights.test.ts',
  '/api/v1/sensors/{ref}/logs/{stream}': STREAM,
  '/api/v1/worker-templates': 'a constant of the platform: tests/e2e/systems/workers/s1-runtimes.test.ts',
  '/api/v1/workers/{id}/activity':
    'a log by cursor, oldest first: tests/e2e/systems/workers/s1-worker-lifecycle.test.ts',
};
