import { readRow, type RouteTable } from './route-row';

/** Routes of histories, analytics, the audit log and retention. */
export const HISTORY_ROWS: RouteTable = {
  'GET /api/v1/history/{entity}': readRow(null),
  'GET /api/v1/analytics/dashboard': readRow(null),
  'GET /api/v1/analytics/executions/status': readRow(null),
  'GET /api/v1/analytics/executions/throughput': readRow(null),
  'GET /api/v1/analytics/executions/failure-rate': readRow(null),
  'GET /api/v1/analytics/events/volume': readRow(null),
  'GET /api/v1/analytics/enforcements/volume': readRow(null),
  'GET /api/v1/analytics/workers/status': readRow(null),
  'GET /api/v1/audit-events': readRow('audit_log:read'),
  'GET /api/v1/audit-events/{id}': readRow('audit_log:read', undefined, { okStatus: 404 }),
  'GET /api/v1/audit-events/by-request/{id}': readRow('audit_log:read', undefined, { okStatus: 400 }),
  'GET /api/v1/retention-config': readRow('retention:read', undefined, { crossTenantStatus: 200 }),
  // Only the tenant `default` changes settings of the platform.
  'PUT /api/v1/retention-config': { grant: 'retention:update', body: () => ({}), okStatus: 403 },
};
