import type { FastifyRequest } from 'fastify';
import type { TokenType } from '../../contract/auth';
import { isTerminal } from '../../contract/status';
import type { Database } from '../store/database';
import { executionRow } from '../store/executions';
import { findById } from '../store/identities';
import { Refusal } from '../refusal';
import { refuseCrossSite } from './cors';
import type { Api, ApiContext, Caller } from './context';
import { TokenRefusal, notFound } from './errors';
import { invalid, readToken, type Claims } from './tokens';

/** Before any body is read: who asks. Public routes do not look at the token, be it right or wrong. */
export function checkTokens(api: Api, context: ApiContext): void {
  api.decorateRequest('caller');
  api.addHook('onRequest', async (request) => {
    const { config } = request.routeOptions;
    if (config.public) return;
    try {
      request.caller = await callerOf(request, context);
      refuseKind(request.caller, config.tokens ?? LET_IN);
    } catch (error) {
      throw config.tokenErrors === 'A' ? inEnvelopeA(error) : error;
    }
  });
}

/** Kinds of tokens that a route lets in unless it says otherwise. */
export const LET_IN: readonly TokenType[] = ['access', 'execution', 'worker'];

/** A service's token opens what was made for it, and nothing else. */
function refuseKind({ tokenType }: Caller, letIn: readonly TokenType[]): void {
  if (!letIn.includes(tokenType)) throw new Refusal('FORBIDDEN', `A token of type ${tokenType} may not be used here`);
}

/** The identity that a valid token names is not there any more. */
class IdentityGone extends TokenRefusal {
  constructor() {
    super('Invalid authentication token');
  }
}

function inEnvelopeA(error: unknown): unknown {
  if (error instanceof IdentityGone) return notFound('Identity');
  return error instanceof TokenRefusal ? new Refusal('UNAUTHORIZED', error.message) : error;
}

async function callerOf(request: FastifyRequest, { db, tokenSecret }: ApiContext): Promise<Caller> {
  const claims = await readToken(tokenSecret, tokenOf(request));
  if (claims.tokenType === 'refresh') throw invalid();
  const caller = await identify(db, claims);
  if (claims.tokenType === 'execution') await refuseAfterEnd(db, caller);
  return caller;
}

/** The Bearer header, its scheme spelt exactly so; else the cookie of a browser session. */
function tokenOf(request: FastifyRequest): string {
  const { authorization } = request.headers;
  if (authorization?.startsWith('Bearer ')) return authorization.slice('Bearer '.length);
  const cookie = cookieOf(request, 'attune_access_token');
  if (cookie === null) throw new TokenRefusal('Missing authentication token');
  refuseCrossSite(request);
  return cookie;
}

/** A cookie's value, null where it is absent or empty. */
export function cookieOf({ headers }: FastifyRequest, name: string): string | null {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) || null;
}

/** A signature does not outlive its identity: gone is invalid, frozen is forbidden, another tenant's is invalid. */
export async function identify(db: Database, claims: Claims): Promise<Caller> {
  const identity = await db.alone((transaction) => findById(transaction, claims.identity));
  if (!identity) throw new IdentityGone();
  if (claims.tenant !== null && claims.tenant !== identity.tenant) throw invalid();
  if (identity.frozen) throw new Refusal('FORBIDDEN', 'Identity is frozen');
  return {
    identity: identity.id,
    tenant: identity.tenant,
    login: claims.login ?? identity.login,
    tokenType: claims.tokenType,
    execution: claims.execution,
    permissionSetRefs: claims.permissionSetRefs,
    standardActionRefs: claims.standardActionRefs,
    standardPackRefs: claims.standardPackRefs,
    triggerTypes: claims.triggerTypes,
    claims,
  };
}

/** An execution's token ends with it. One naming an execution that never was is judged by its grants. */
export async function refuseAfterEnd(db: Database, { tenant, execution }: Caller): Promise<void> {
  if (execution === null) return;
  const row = await db.inTenant(tenant, (transaction) => executionRow(transaction, execution));
  if (row && isTerminal(row.status)) throw invalid();
}
