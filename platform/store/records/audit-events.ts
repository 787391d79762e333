import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type {
  AuditCategory,
  AuditEvent,
  AuditEventSummary,
  AuditFilter,
  AuditOutcome,
} from '../../../contract/records/audit';
import { asJson, type Transaction } from '../database/connection';
import type { RowRange } from '../database/list-rows';

/** What is known of a request. Holds no value of its body, token or query. */
export interface NewAuditEvent {
  /** Null: that of `login`, or the default one. */
  readonly tenant: number | null;
  /** Of an attempt to log in: stored if there is such an identity. */
  readonly login: string | null;
  readonly event: {
    readonly category: AuditCategory;
    readonly event_type: string;
    readonly outcome: AuditOutcome;
    readonly actor_identity: number | null;
    readonly actor_login: string | null;
    readonly actor_token_type: string | null;
    readonly actor_ip: string | null;
    readonly actor_user_agent: string | null;
    readonly request_id: string;
    readonly resource_type: string | null;
    readonly resource_id: number | null;
    readonly resource_ref: string | null;
    readonly http_method: string;
    readonly http_path: string;
    readonly http_status: number;
    readonly duration_ms: number;
    readonly details: { readonly [name: string]: string } | null;
  };
}

/** One statement, in the transaction of the request or by itself. */
export const appendAuditEvent = (transaction: Transaction, { tenant, login, event }: NewAuditEvent): Promise<unknown> =>
  sql`select append_audit_event(${tenant}::int, ${login}::text, ${asJson(event)}::jsonb)`.execute(transaction);

const SUMMARY = sql`id, created, category, event_type, outcome, actor_identity, actor_login, request_id, resource_type,
  resource_ref, http_method, http_path, http_status`;
const FULL = sql`${SUMMARY}, actor_token_type, actor_ip, actor_user_agent, resource_id, duration_ms, details, correlation_chain`;

/** A page, the newest first; `total` is null unless `include_total` is set. */
export async function listAuditEvents(
  transaction: Transaction,
  filter: AuditFilter,
  { offset, limit }: RowRange,
): Promise<{ rows: readonly AuditEventSummary[]; total: number | null }> {
  const matching = sql`from audit_event where ${sql.join([sql`tenant = app_tenant()`, ...conditionsOf(filter)], sql` and `)}`;
  const { rows } = await sql<AuditEventSummary>`
    select ${SUMMARY} ${matching} order by created desc, id desc offset ${offset} limit ${limit}`.execute(transaction);
  if (filter.include_total !== true) return { rows, total: null };
  const counted = await sql<{ total: number }>`select count(*) as total ${matching}`.execute(transaction);
  return { rows, total: counted.rows[0]!.total };
}

const EQUAL = [
  ...(['category', 'event_type', 'outcome', 'actor_identity', 'resource_type', 'resource_id', 'resource_ref'] as const),
  ...(['request_id', 'http_status', 'http_method'] as const),
];
const CONTAINED = ['actor_login', 'http_path'] as const;

function conditionsOf(filter: AuditFilter): RawBuilder<SqlBool>[] {
  const equal = EQUAL.filter((name) => filter[name] !== undefined);
  const contained = CONTAINED.filter((name) => filter[name] !== undefined);
  const { created_after: after, created_before: before } = filter;
  return [
    ...equal.map((name) => sql<SqlBool>`${sql.ref(name)} = ${filter[name]}`),
    ...contained.map((name) => sql<SqlBool>`strpos(lower(${sql.ref(name)}), lower(${filter[name]})) > 0`),
    ...(after === undefined ? [] : [sql<SqlBool>`created >= ${after}::timestamptz`]),
    ...(before === undefined ? [] : [sql<SqlBool>`created < ${before}::timestamptz`]),
  ];
}

/** Null where the tenant has none of this id. */
export async function findAuditEvent(transaction: Transaction, id: number): Promise<AuditEvent | null> {
  const { rows } = await sql<AuditEvent>`
    select ${FULL} from audit_event where id = ${id} and tenant = app_tenant()`.execute(transaction);
  return rows[0] ?? null;
}

/** In the order in which they were written. */
export async function auditEventsOfRequest(transaction: Transaction, request: string): Promise<AuditEvent[]> {
  const { rows } = await sql<AuditEvent>`
    select ${FULL} from audit_event where request_id = ${request}::uuid and tenant = app_tenant() order by id`.execute(
    transaction,
  );
  return rows;
}
