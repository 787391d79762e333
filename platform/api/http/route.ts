import {
  type RouteSchema,
  type RouteCall,
  type TenantCall,
  type LoadedCall,
  type RouteRequirements,
  type RouteEntry,
} from './route-requirements';
import type { Static, TSchema } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import type { ErrorCode } from '../../../contract/errors';
import type { Json } from '../../../contract/json';
import { AuthenticationError } from '../../auth/auth-errors';
import { resolveCallerAgain } from '../../auth/authenticate';
import type { Caller } from '../../auth/caller';
import { callerRights } from '../../auth/grants';
import { DomainError } from '../../base/domain-error';
import type { Rights } from '../../auth/rights';
import type { EffectivePermissionSet } from '../../store/identities/grants';
import { runOnce } from '../../store/executions/idempotent-requests';
import type { Transaction } from '../../store/database/connection';
import { isChange, recordInTransaction } from '../records/record-requests';
import { authorize, routeConfig } from './authorize';
import type { Api } from './context';
import { bodyBytes, storesBody } from './stored-bodies';
type ResponseOf<S> = S extends { readonly response: Readonly<Record<number, infer T>> } ? T : TSchema;
/** The body of a response. */
export type ReplyOf<S> = Static<Extract<ResponseOf<S>, TSchema>>;

interface HandledCall<S extends RouteSchema, L> extends LoadedCall<S, L> {
  /** Answers with another status of the schema than its lowest. */
  readonly setStatus: (status: number) => void;
}

interface RouteDefinition<S extends RouteSchema, L> extends RouteEntry<S, L> {
  /**
   * Does the work, in the transaction that the grant was checked in; returns the body of the
   * response.
   */
  readonly handle: (call: HandledCall<S, L>) => ReplyOf<S> | Promise<ReplyOf<S>>;
  /**
   * A request that repeats its `Idempotency-Key` for this operation is answered as the first one
   * was.
   */
  readonly idempotentOperation?: string;
}

interface Response<S extends RouteSchema, L> extends RouteCall<S> {
  readonly loaded: L;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /**
   * Whether the request would be authorized now, for a response that takes long: its token may
   * expire or end, and its identity lose the permission.
   */
  readonly isStillAuthorized: () => Promise<boolean>;
}

interface StreamingRouteDefinition<S extends RouteSchema, L> extends RouteEntry<S, L> {
  /**
   * Runs after the transaction: for what takes long, is no statement, or is written as a stream.
   */
  readonly respond: (response: Response<S, L>) => ReplyOf<S> | FastifyReply | Promise<ReplyOf<S> | FastifyReply>;
}

/** Registers a route that enforces what it declares and does its work in one transaction. */
export function route<S extends RouteSchema, L = undefined>(api: Api, definition: RouteDefinition<S, L>): void {
  const { method, idempotentOperation: operation } = definition;
  register(api, definition, async (request, reply) => {
    const call = callOf<S>(request);
    const { caller } = call;
    let isRecorded = false;
    const run = async (transaction: Transaction) => {
      const response = await handleAuthorized(
        api,
        definition,
        { ...call, ...access(transaction, caller, request.assignedSets) },
        (status) => void reply.code(status),
      );
      if (!isChange(request)) return response;
      await recordInTransaction(transaction, api, request, reply.statusCode);
      isRecorded = true;
      return response;
    };
    const work = (transaction: Transaction): Promise<unknown> => {
      isRecorded = false;
      const key = call.headers['idempotency-key'];
      if (operation === undefined || typeof key !== 'string' || key === '') return run(transaction);
      const { identity, login } = caller;
      const repeatable = { identity, login, operation, key, body: requestOf(call) };
      return runOnce(transaction, repeatable, () => run(transaction) as Promise<Json>);
    };
    void reply.code(statusOf(definition.schema));
    if (method === 'GET') return api.db.readingInTenant(caller.tenant, work);
    const response = await api.db.inTenant(caller.tenant, work);
    request.audit.isRecorded = isRecorded;
    return response;
  });
}

/** Registers a route that enforces what it declares in one transaction and answers after it. */
export function routeAfterCommit<S extends RouteSchema, L = undefined>(
  api: Api,
  definition: StreamingRouteDefinition<S, L>,
): void {
  register(api, definition, async (request, reply) => {
    const call = callOf<S>(request);
    const loaded = await loadAuthorized(api, definition, call);
    void reply.code(statusOf(definition.schema));
    const isStillAuthorized = () => isAuthorized(api, definition, call);
    return definition.respond({ ...call, loaded, request, reply, isStillAuthorized });
  });
}

/** What `load` returned, undefined for a route that requires nothing of the database. */
async function loadAuthorized<S extends RouteSchema, L>(
  api: Api,
  requirements: RouteRequirements<S, L>,
  call: RouteCall<S>,
): Promise<L> {
  const { grant, validate, load, check } = requirements;
  if (grant === null && !validate && !load && !check) return undefined as L;
  return api.db.inTenant(call.caller.tenant, (transaction) =>
    authorize(requirements, { ...call, ...access(transaction, call.caller) }),
  );
}

/** Whether the token is valid now, and `loadAuthorized` throws nothing that rejects the caller. */
async function isAuthorized<S extends RouteSchema, L>(
  api: Api,
  requirements: RouteRequirements<S, L>,
  call: RouteCall<S>,
): Promise<boolean> {
  try {
    await loadAuthorized(api, requirements, { ...call, caller: await resolveCallerAgain(api.db, call.caller) });
    return true;
  } catch (error) {
    if (isRejection(error)) return false;
    throw error;
  }
}

const REJECTIONS: readonly ErrorCode[] = ['UNAUTHORIZED', 'FORBIDDEN', 'NOT_FOUND'];

const isRejection = (error: unknown): boolean =>
  error instanceof AuthenticationError || (error instanceof DomainError && REJECTIONS.includes(error.code));

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

function register<S extends RouteSchema, L>(api: Api, entry: RouteEntry<S, L>, handler: Handler): void {
  const { method, path, extension, exposeHeadRoute, onRequest } = entry;
  if (extension !== undefined && !api.extensions) return;
  const schema: FastifySchema = entry.schema;
  api.route({
    method,
    url: path,
    config: routeConfig(entry),
    schema,
    handler: (request, reply) => handler(request as FastifyRequest, reply as FastifyReply),
    ...(exposeHeadRoute !== undefined && { exposeHeadRoute }),
    ...(onRequest && { onRequest }),
  });
}

async function handleAuthorized<S extends RouteSchema, L>(
  api: Api,
  definition: RouteDefinition<S, L>,
  call: TenantCall<S>,
  setStatus: (status: number) => void,
): Promise<ReplyOf<S>> {
  const loaded = await authorize(definition, call);
  if (storesBody(definition)) await api.tenantQuota.addBytes(call.transaction, call.caller.tenant, bodyBytes(call));
  return definition.handle({ ...call, loaded, setStatus });
}

const callOf = <S extends RouteSchema>({ caller, params, query, body, headers }: FastifyRequest): RouteCall<S> =>
  ({ caller, params, query, body, headers }) as RouteCall<S>;

/** The transaction, and the caller's rights as they are in it, or as of the request's begin. */
function access(
  transaction: Transaction,
  caller: Caller,
  assignedSets?: readonly EffectivePermissionSet[],
): Pick<TenantCall<RouteSchema>, 'transaction' | 'rights'> {
  let rights: Promise<Rights> | undefined;
  return { transaction, rights: () => (rights ??= callerRights(transaction, caller, assignedSets)) };
}

/** What a repeated request must repeat. */
const requestOf = <S extends RouteSchema>({ params, body }: RouteCall<S>): Json =>
  Object.keys(params ?? {}).length === 0 ? (body as Json) : { params: params as Json, body: body as Json };

const statusOf = ({ response = {} }: RouteSchema): number => Number(Object.keys(response)[0] ?? 200);
