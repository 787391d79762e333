import { Type } from '@sinclair/typebox';
import { AuditEvent, AuditEventSummary, type AuditFilter } from '../../../contract/records/audit';
import { verb } from '../operation';
import type { Request } from '../request';

/** The audit log, newest first. Every verb throws ApiError: 403 without `audit_log:read`. */
export const auditEvents = (request: Request) => ({
  /** Every match on every page. */
  list: verb('GET /audit-events', (call, filter: AuditFilter = {}) =>
    request.all(AuditEventSummary, call({ query: { ...filter } })),
  ),

  /** 404 NOT_FOUND. */
  get: verb('GET /audit-events/{id}', (call, id: number) => request.one(AuditEvent, call({ id }))),

  /** Those of one request. 400 for an id that is no UUID. */
  ofRequest: verb('GET /audit-events/by-request/{id}', (call, id: string) =>
    request.one(Type.Array(AuditEvent), call({ id })),
  ),
});
