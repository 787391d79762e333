import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientAddress } from '../../auth/login-rate-limit';
import { hostNow } from '../../base/clock';
import type { Transaction } from '../../store/database/connection';
import { appendAuditEvent, type NewAuditEvent } from '../../store/records/audit-events';
import type { Api, ApiContext } from '../http/context';
import { describeRequest, outcomeOf } from './describe-request';

/** These have a log of their own, or are the log. */
const UNRECORDED = /^\/(health|docs|api-spec|metrics|api\/v1\/audit-events|api\/v1\/webhooks\/)/;
const MAX_USER_AGENT = 512;
/** Rows of requests without a caller, per minute: others cannot fill the table. */
const MAX_ANONYMOUS = 600;
const MINUTE_MS = 60_000;

/**
 * Records changing requests, log-ins, denials, and reads of secrets, before they are answered. A
 * route that works in one transaction records its success there; everything else is recorded here.
 * A success that cannot be recorded is answered as an error.
 */
export function recordRequests(api: Api, context: ApiContext): void {
  const allowsAnonymous = anonymousAllowance();
  api.decorateRequest('audit');
  api.addHook('onRequest', (request, _reply, done) => {
    request.audit = { id: randomUUID(), startedAt: hostNow(), isRecorded: false };
    done();
  });
  api.addHook('onSend', async (request, reply, payload) => {
    if (request.audit.isRecorded || !isRecordable(request, reply.statusCode)) return;
    const event = auditEventOf(context, request, reply.statusCode, payload);
    if (event.tenant === null && event.login === null && !allowsAnonymous()) return;
    request.audit.isRecorded = true;
    await recordAlone(context, event, request, reply);
  });
}

async function recordAlone(
  { db }: ApiContext,
  event: NewAuditEvent,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  try {
    await db.singleStatement((transaction) => appendAuditEvent(transaction, event));
  } catch (error) {
    request.log.error({ err: error, request: event.event.request_id }, 'a request could not be recorded');
    if (reply.statusCode < 400) throw error;
  }
}

/** Records the success of a request in its own transaction. */
export const recordInTransaction = (
  transaction: Transaction,
  context: Pick<ApiContext, 'trustedProxies'>,
  request: FastifyRequest,
  status: number,
): Promise<unknown> => appendAuditEvent(transaction, auditEventOf(context, request, status));

/** Whether a success of this request is recorded. */
export const isChange = ({ method, routeOptions }: FastifyRequest): boolean =>
  method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS' && !routeOptions.config.isForAgent;

function isRecordable(request: FastifyRequest, status: number): boolean {
  if (request.is404 || UNRECORDED.test(request.url)) return false;
  return isChange(request) || outcomeOf(status) === 'denied' || readsSecrets(request);
}

/** The value of a key, or the secrets of any other document. */
const readsSecrets = ({ routeOptions, query }: FastifyRequest): boolean =>
  routeOptions.url === '/api/v1/keys/:ref' ||
  (query as Readonly<Record<string, unknown>> | undefined)?.include_secret_values === true;

function auditEventOf(
  context: Pick<ApiContext, 'trustedProxies'>,
  request: FastifyRequest,
  status: number,
  payload?: unknown,
): NewAuditEvent {
  const { caller, agent, method, headers, routeOptions, audit } = request as Partial<FastifyRequest> & FastifyRequest;
  const described = describeRequest(request);
  const isLogin = caller === undefined && described.category === 'auth';
  const { grant } = routeOptions.config;
  const details = {
    ...(status >= 400 && rejectionOf(payload)),
    ...(status === 403 && typeof grant === 'string' && { grant }),
  };
  return {
    tenant: caller?.tenant ?? agent?.tenant ?? null,
    login: isLogin ? described.resource_ref : null,
    event: {
      ...described,
      ...(isLogin && { resource_ref: null }),
      outcome: outcomeOf(status),
      actor_identity: caller?.identity ?? null,
      actor_login: caller?.login ?? null,
      actor_token_type: caller?.tokenType ?? null,
      actor_ip: clientAddress(context, request),
      actor_user_agent: headers['user-agent']?.slice(0, MAX_USER_AGENT) ?? null,
      request_id: audit.id,
      http_method: method,
      http_status: status,
      duration_ms: Math.round(hostNow() - audit.startedAt),
      details: Object.keys(details).length === 0 ? null : details,
    },
  };
}

/** The code of a rejection. Its message may quote what was sent. */
function rejectionOf(payload: unknown): { code?: string } {
  const [, code] = /"code":"([A-Z_]+)"/.exec(typeof payload === 'string' ? payload : '') ?? [];
  return code === undefined ? {} : { code };
}

function anonymousAllowance(): () => boolean {
  let [startedAt, count] = [-Infinity, 0];
  return () => {
    const now = hostNow();
    if (now - startedAt >= MINUTE_MS) [startedAt, count] = [now, 0];
    return ++count <= MAX_ANONYMOUS;
  };
}
