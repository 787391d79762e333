import { AuditEvent, AuditEventSummary } from '../../../../contract/records/audit';
import { choiceIn, idIn, instantIn, partOf, textIn, type FilterCell } from './filters';
import { newestFirst, sorted, type ListCell } from './list-cell';
import type { Row } from './row';

/** The rows of the audit log, oldest first. */
export interface ListedAudit {
  readonly audit: readonly Row[];
}

type Filter = FilterCell<ListedAudit>;

const CATEGORIES = ['api', 'auth', 'rbac', 'secret', 'admin', 'execution', 'pack'];
const UNUSED_REQUEST = '11111111-2222-4333-8444-555555555555';

const requestId: Filter = {
  ...textIn('request_id'),
  values: ({ own }) => [0, 0.5, 1].map((part) => String(own[Math.floor(part * (own.length - 1))]?.request_id)),
  misses: ({ twin }) => [UNUSED_REQUEST, String(twin[0]?.request_id)],
  refused: 'one',
  refusedAs: 'the id of a request must be a UUID',
};

/** The audit log, and the rows of each request. */
export const AUDIT_LISTS: readonly ListCell<ListedAudit>[] = [
  {
    path: '/api/v1/audit-events',
    key: 'id',
    item: AuditEventSummary,
    rows: ({ audit }) => newestFirst(audit),
    filters: {
      category: choiceIn('category', CATEGORIES),
      event_type: textIn('event_type'),
      outcome: choiceIn('outcome', ['success', 'failure', 'denied']),
      actor_identity: idIn('actor_identity'),
      actor_login: partOf(['actor_login'], ({ audit }) => ['reader', String(audit[0]?.actor_login)]),
      resource_type: textIn('resource_type'),
      resource_id: idIn('resource_id'),
      resource_ref: textIn('resource_ref'),
      request_id: requestId,
      http_status: idIn('http_status'),
      http_method: textIn('http_method'),
      http_path: partOf(['http_path'], () => ['/keys', 's/list', 'auth']),
      created_after: instantIn('created', 'from'),
      created_before: instantIn('created', 'before'),
    },
    pages: { size: 'per_page', default: 50, cap: 500, echoesCap: true, isCountedOnRequest: true },
  },
  {
    path: '/api/v1/audit-events/by-request/{id}',
    params: ({ audit }) =>
      [...audit]
        .reverse()
        .slice(0, 3)
        .map(({ request_id }) => ({ id: request_id as string })),
    key: 'id',
    item: AuditEvent,
    rows: ({ audit }, { id }) =>
      sorted(
        audit.filter(({ request_id }) => request_id === id),
        'id',
      ),
    filters: {},
  },
];
