import type { FastifyContextConfig, FastifyRequest } from 'fastify';
import type { TokenType } from '../../../contract/auth';
import { DomainError, notFound } from '../../base/domain-error';
import { rejectCrossSite } from './cors';
import type { Api, ApiContext } from './context';
import { authenticateAgent } from '../../auth/authenticate-agent';
import type { Caller } from '../../auth/caller';
import { AuthenticationError } from '../../auth/auth-errors';
import { invalidToken, readToken, type TokenClaims } from '../../auth/tokens';
import type { Database } from '../../store/database/connection';
import {
  DEFAULT_TOKEN_TYPES,
  IdentityNotFoundError,
  resolveCaller,
  resolveCallerWithSets,
} from '../../auth/authenticate';

/** Authenticates the caller before any body is read. Public routes ignore the token. */
export function authenticateRequests(api: Api, context: ApiContext): void {
  api.decorateRequest('caller');
  api.decorateRequest('assignedSets');
  api.decorateRequest('agent');
  api.addHook('onRequest', async (request) => {
    const { config } = request.routeOptions;
    if (config.isPublic) return;
    if (config.isForAgent) {
      request.agent = await authenticateAgent(context.db, request.headers.authorization, workerIn(request));
      return;
    }
    try {
      request.caller = await authenticate(request, context);
      requireTokenType(request.caller, acceptedTokenTypes(config, context));
    } catch (error) {
      throw config.tokenErrorEnvelope === 'A' ? toErrorEnvelope(error) : error;
    }
  });
}

const workerIn = ({ params }: FastifyRequest): number => Number((params as { readonly id?: string }).id);

/** The token types that a route accepts on this platform. */
export const acceptedTokenTypes = (
  { tokens = DEFAULT_TOKEN_TYPES }: FastifyContextConfig,
  { acceptsWorkerTokens }: ApiContext,
): readonly TokenType[] => tokens.filter((type) => type !== 'worker' || acceptsWorkerTokens);

/** FORBIDDEN for a token of a type that the route does not accept. */
function requireTokenType({ tokenType, claims }: Caller, allowedTypes: readonly TokenType[]): void {
  // That of a standalone worker only connects it.
  if (!allowedTypes.includes(tokenType) || claims.worker !== null)
    throw new DomainError('FORBIDDEN', `A token of type ${tokenType} may not be used here`);
}

function toErrorEnvelope(error: unknown): unknown {
  if (error instanceof IdentityNotFoundError) return notFound('Identity');
  return error instanceof AuthenticationError ? new DomainError('UNAUTHORIZED', error.message) : error;
}

async function authenticate(request: FastifyRequest, { db, tokenSecret }: ApiContext): Promise<Caller> {
  const claims = await readToken(tokenSecret, readRequestToken(request));
  if (claims.tokenType === 'refresh') throw invalidToken();
  return resolveRequestCaller(request, db, claims);
}

/**
 * A request that only reads gets the caller's permission sets in the statement that authenticates
 * it: both are as of its begin. Any other reads them in its transaction.
 */
async function resolveRequestCaller(request: FastifyRequest, db: Database, claims: TokenClaims): Promise<Caller> {
  const { tokenType, tenant } = claims;
  if (request.method !== 'GET' || tokenType !== 'access' || tenant === null) return resolveCaller(db, claims);
  const { caller, sets } = await resolveCallerWithSets(db, claims, tenant);
  request.assignedSets = sets;
  return caller;
}

/** The token of the Bearer header, whose scheme is case-sensitive; null where there is none. */
export const readBearer = ({ headers: { authorization } }: FastifyRequest): string | null =>
  authorization?.startsWith('Bearer ') ? authorization.slice('Bearer '.length) : null;

/** The token of the Bearer header; else of the cookie of a browser session. */
function readRequestToken(request: FastifyRequest): string {
  const bearer = readBearer(request);
  if (bearer !== null) return bearer;
  const cookie = readCookie(request, 'attune_access_token');
  if (cookie === null) throw new AuthenticationError('Missing authentication token');
  rejectCrossSite(request);
  return cookie;
}

/** A cookie's value, null where it is absent or empty. */
export function readCookie({ headers }: FastifyRequest, name: string): string | null {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) || null;
}
