import { Type, type Static, type TSchema } from '@sinclair/typebox';
import type { FastifyRequest, FastifySchema } from 'fastify';
import { dataEnvelope } from '../../../contract/envelopes';
import {
  AgentState,
  Claim,
  ClaimReceipt,
  ClaimResult,
  ClaimWork,
  Heartbeat,
  HeartbeatReceipt,
  RegisterWorker,
} from '../../../contract/tenant-workers';
import { Id } from '../../../contract/json';
import { DomainError, requireFound } from '../../base/domain-error';
import { EgressError } from '../../egress/egress-error';
import { createGuard, parseEgressUrl, type EgressGuard } from '../../egress/egress-guard';
import type { Database, Transaction } from '../../store/database/connection';
import { lockTenantWorker, setDelivery, type Agent, type TenantWorker } from '../../store/workers/tenant-workers';
import { renewHeartbeat } from '../../store/workers/workers';
import { answerClaim, claimForAgent, endOverdueClaims } from '../../workers/external/external-claims';
import type { Api, ApiContext } from '../http/context';
import { followVerb, requireAllowed } from './follow-verb';
import { workerParams as params, WORKERS_PATH } from './on-worker';

const PATH = `${WORKERS_PATH}/:id`;
const DEFAULT_CLAIMS = 1;

/** What the agent of an external worker calls. */
export function agentRoutes(api: Api, { egressPolicy }: ApiContext): void {
  stateRoutes(api, createGuard(egressPolicy));
  claimRoutes(api);
}

function stateRoutes(api: Api, guard: EgressGuard): void {
  agentRoute(api, {
    path: `${PATH}/register`,
    params,
    body: RegisterWorker,
    response: dataEnvelope(AgentState),
    handle: async ({ agent, body }) => ({ data: await register(api.db, guard, agent, body) }),
  });

  agentRoute(api, {
    path: `${PATH}/heartbeat`,
    params,
    body: Heartbeat,
    isBodyOptional: true,
    response: dataEnvelope(HeartbeatReceipt),
    handle: async ({ agent, body }) => ({ data: await beat(api.db, agent, body.fencing_tokens ?? []) }),
  });
}

/**
 * REGISTER_URL_REQUIRED, REGISTER_URL_BLOCKED, ILLEGAL_TRANSITION. Another address of the same
 * agent is a change.
 */
async function register(db: Database, guard: EgressGuard, agent: Agent, body: RegisterWorker): Promise<AgentState> {
  const { delivery_mode: mode } = body;
  const url = body.url ?? null;
  if (mode === 'push' && url === null) {
    throw new DomainError('REGISTER_URL_REQUIRED', 'Executions can be pushed to an address only', {
      path: '/url',
      hint: 'give the url of the agent, or register with poll',
    });
  }
  if (mode === 'push' && url !== null) await requireReachable(guard, url);
  return inWorker(db, agent, async (transaction, worker) => {
    const { state, changed } = await followVerb(transaction, worker, 'register');
    await setDelivery(transaction, agent.id, { mode, url });
    return { state, changed: changed || mode !== worker.deliveryMode || url !== worker.pushUrl };
  });
}

/**
 * REGISTER_URL_BLOCKED. A name that does not resolve may do so later: every delivery checks it
 * again.
 */
async function requireReachable(guard: EgressGuard, url: string): Promise<void> {
  try {
    await guard(parseEgressUrl(url));
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    if (error.code === 'CONNECTION') return;
    throw new DomainError('REGISTER_URL_BLOCKED', `The platform sends nothing to this address: ${error.reason}`, {
      path: '/url',
      hint: 'give one that the platform may connect to (PLATFORM_EGRESS_ALLOW)',
    });
  }
}

/** ILLEGAL_TRANSITION before the registration. A claim that has run for too long ends instead. */
async function beat(db: Database, agent: Agent, fencingTokens: readonly number[]): Promise<HeartbeatReceipt> {
  const ended = await endOverdueClaims(db, agent, fencingTokens);
  return inWorker(db, agent, async (transaction, worker) => {
    const state = requireAllowed(worker, 'heartbeat');
    const cancelled = await renewHeartbeat(transaction, agent.id, fencingTokens, agent.leaseMs);
    return { state, changed: state !== worker.state, cancel: [...ended, ...cancelled] };
  });
}

function claimRoutes(api: Api): void {
  agentRoute(api, {
    path: `${PATH}/claims`,
    params,
    body: ClaimWork,
    isBodyOptional: true,
    response: dataEnvelope(Type.Array(Claim)),
    handle: async ({ agent, body }) => ({ data: await poll(api.db, agent, body.limit ?? DEFAULT_CLAIMS) }),
  });

  agentRoute(api, {
    path: `${PATH}/claims/:execution/result`,
    params: Type.Object({ id: Id, execution: Id }),
    body: ClaimResult,
    response: dataEnvelope(ClaimReceipt),
    handle: async ({ agent, params: { execution }, body }) => {
      await answerClaim(api.db, agent, execution, body);
      return { data: { execution_id: execution, status: body.status } };
    },
  });
}

/** A poll is a heartbeat. A worker that is not online gets nothing. */
async function poll(db: Database, agent: Agent, maxCount: number): Promise<Claim[]> {
  await beat(db, agent, []);
  return claimForAgent(db, agent, maxCount);
}

/** Runs a transaction that has locked the worker. */
const inWorker = <T>(
  db: Database,
  { id, tenant }: Agent,
  work: (transaction: Transaction, worker: TenantWorker) => Promise<T>,
): Promise<T> =>
  db.inTenant(tenant, async (transaction) => {
    const worker = requireFound(await lockTenantWorker(transaction, id), `Worker ${id}`);
    return work(transaction, worker);
  });

interface AgentRoute<P extends TSchema, B extends TSchema, R extends TSchema> {
  readonly path: string;
  readonly params: P;
  readonly body: B;
  /** No body is the same as an empty one. */
  readonly isBodyOptional?: boolean;
  readonly response: R;
  readonly handle: (call: AgentCall<P, B>) => Promise<Static<R>>;
}

interface AgentCall<P extends TSchema, B extends TSchema> {
  readonly agent: Agent;
  readonly params: Static<P>;
  readonly body: Static<B>;
}

/** Registers a route for the agent of an external worker, authenticated by the worker's secret. */
function agentRoute<P extends TSchema, B extends TSchema, R extends TSchema>(
  api: Api,
  { path, params, body, isBodyOptional = false, response, handle }: AgentRoute<P, B, R>,
): void {
  if (!api.extensions) return;
  const schema: FastifySchema = { tags: ['workers'], params, body, response: { 200: response } };
  api.route({
    method: 'POST',
    url: path,
    config: { grant: null, isForAgent: true, tokens: [], isBodyOptional },
    schema,
    handler: async (request) => {
      const { agent, params, body } = request as FastifyRequest & AgentCall<P, B>;
      return handle({ agent, params, body: body ?? {} });
    },
  });
}
