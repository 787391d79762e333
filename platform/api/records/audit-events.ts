import { Type } from '@sinclair/typebox';
import { AuditEvent, AuditEventSummary, AuditFilter } from '../../../contract/records/audit';
import { dataEnvelope } from '../../../contract/envelopes';
import { Id } from '../../../contract/json';
import { requireFound } from '../../base/domain-error';
import { auditEventsOfRequest, findAuditEvent, listAuditEvents } from '../../store/records/audit-events';
import { requireInstants } from './instants';
import type { Api } from '../http/context';
import { PlainTextError } from '../http/errors';
import { listRoute } from '../http/list-route';
import { lookaheadWindow } from '../http/paging';
import { route } from '../http/route';

const PATH = '/api/v1/audit-events';
const tags = ['audit'];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The audit log of the caller's tenant. */
export function auditEventsRoutes(api: Api): void {
  const read = { grant: 'audit_log:read', grantFirst: true } as const;

  listRoute(api, {
    ...read,
    tags,
    path: PATH,
    filter: AuditFilter,
    item: AuditEventSummary,
    pages: { sizeName: 'per_page', default: 50, cap: 500, echoesCap: true, least: 1 },
    validate: ({ query }) => {
      requireInstants(query, ['created_after', 'created_before']);
      if (query.request_id !== undefined) requireUuid(query.request_id);
    },
    list: ({ transaction, query, page }) => listAuditEvents(transaction, query, lookaheadWindow(page)),
  });

  route(api, {
    ...read,
    method: 'GET',
    path: `${PATH}/:id`,
    schema: { tags, params: Type.Object({ id: Id }), response: { 200: dataEnvelope(AuditEvent) } },
    handle: async ({ transaction, params: { id } }) => ({
      data: requireFound(await findAuditEvent(transaction, id), `Audit event ${id}`),
    }),
  });

  route(api, {
    ...read,
    method: 'GET',
    path: `${PATH}/by-request/:id`,
    schema: {
      tags,
      params: Type.Object({ id: Type.String() }),
      response: { 200: dataEnvelope(Type.Array(AuditEvent)) },
    },
    handle: async ({ transaction, params: { id } }) => {
      requireUuid(id);
      return { data: await auditEventsOfRequest(transaction, id) };
    },
  });
}

function requireUuid(text: string): void {
  if (!UUID.test(text)) throw new PlainTextError(400, 'the id of a request must be a UUID');
}
