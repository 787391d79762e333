import { Type } from '@sinclair/typebox';
import { one, page } from '../../contract/envelopes';
import {
  Execute,
  Execution,
  ExecutionFilter,
  ExecutionNode,
  ExecutionStats,
  ExecutionSummary,
  LogPage,
} from '../../contract/executions';
import { Id } from '../../contract/json';
import { AffinityError, readAffinity } from '../executor/affinity';
import type { Transaction } from '../store/database';
import { executionTree } from '../store/execution-tree';
import { once } from '../store/idempotent-requests';
import {
  cancelExecution,
  executionStats,
  findAction,
  getExecution,
  listExecutions,
  requestExecution,
  revealExecution,
} from '../store/executions';
import { readLog } from '../store/log';
import { Refusal } from '../refusal';
import type { Api, ApiContext, Caller } from './context';
import { requireDelegable } from './delegation';
import { notFound } from './errors';
import { requireGrant } from './grants';
import { PageQuery, envelope, pageOf, windowOf } from './paging';
import { componentTarget, executionTarget } from './targets';

const PATH = '/api/v1/executions';
const tags = ['executions'];
const params = Type.Object({ id: Id });
const SecretsQuery = Type.Object({ include_secret_values: Type.Optional(Type.Boolean()) });

export function executionsRoutes(api: Api, context: ApiContext): void {
  executeRoutes(api, context);
  listRoutes(api, context);
  storyRoutes(api, context);
}

function executeRoutes(api: Api, { db }: ApiContext): void {
  api.post(
    `${PATH}/execute`,
    { config: { grant: 'actions:execute' }, schema: { tags, body: Execute, response: { 201: one(Execution) } } },
    async ({ caller, body, headers }, reply) => {
      const data = await db.inTenant(caller.tenant, (transaction) => {
        const work = () => execute(transaction, caller, body);
        const name = headers['idempotency-key'];
        if (typeof name !== 'string' || name === '') return work();
        const { identity, login } = caller;
        return once(transaction, { identity, login, operation: 'execute', name, body }, work);
      });
      return reply.code(201).send({ data });
    },
  );

  api.get(
    `${PATH}/:id`,
    {
      config: { grant: 'executions:read' },
      schema: { tags, params, querystring: SecretsQuery, response: { 200: one(Execution) } },
    },
    ({ caller, params: { id }, query: { include_secret_values = false } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const execution = await readable(transaction, caller, id);
        if (!include_secret_values) return { data: execution };
        await requireGrant(
          transaction,
          caller,
          'executions',
          'decrypt',
          await executionTarget(transaction, caller, execution),
        );
        return { data: (await revealExecution(transaction, id))! };
      }),
  );

  api.post(
    `${PATH}/:id/cancel`,
    {
      config: { grant: 'executions:cancel', bodiless: true },
      schema: { tags, params, response: { 200: one(Execution) } },
    },
    ({ caller, params: { id } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const execution = await getExecution(transaction, id);
        if (!execution) throw missing(id);
        const target = await executionTarget(transaction, caller, execution);
        await requireGrant(transaction, caller, 'executions', 'cancel', target);
        return { data: await cancelExecution(transaction, caller.tenant, id) };
      }),
  );
}

const missing = (id: number) => notFound(`Execution ${id}`);

/** Fields of placement and retention that are of the right shape and say nothing usable. BAD_REQUEST. */
function refuseUnusable(body: Execute): void {
  const { artifact_retention_limit: limit, worker_selector: selector, worker_tolerations: tolerations } = body;
  if (typeof limit === 'number' && limit < 1) throw unusable('artifact_retention_limit', 'must be at least 1');
  for (const [label, value] of Object.entries(selector ?? {})) {
    const path = `worker_selector/${label}`;
    if (label.trim() === '') throw unusable(path, 'must name a label');
    if (typeof value !== 'string') throw unusable(path, "must be the text that the worker's label has");
  }
  const nameless = (tolerations ?? []).findIndex(({ key }) => key.trim() === '');
  if (nameless !== -1) throw unusable(`worker_tolerations/${nameless}/key`, 'must name a taint');
  try {
    readAffinity(body.worker_affinity ?? null);
  } catch (error) {
    if (!(error instanceof AffinityError)) throw error;
    throw new Refusal('BAD_REQUEST', error.message, { path: error.path });
  }
}

const unusable = (path: string, right: string) => new Refusal('BAD_REQUEST', `${path} ${right}`, { path });

async function execute(transaction: Transaction, caller: Caller, body: Execute): Promise<Execution> {
  refuseUnusable(body);
  const { action_ref, ...wanted } = body;
  const action = await findAction(transaction, action_ref);
  if (!action) throw notFound(`Action ${action_ref}`);
  await requireGrant(transaction, caller, 'actions', 'execute', componentTarget({ id: action.id, ref: action.ref }));
  await requireDelegable(transaction, caller, wanted.permission_set_refs ?? action.permissionSetRefs);
  const { tenant, identity: executor, execution: parent } = caller;
  return requestExecution(transaction, { ...wanted, action, tenant, executor, parent });
}

/** NOT_FOUND, then FORBIDDEN. */
async function readable(transaction: Transaction, caller: Caller, id: number): Promise<Execution> {
  const execution = await getExecution(transaction, id);
  if (!execution) throw missing(id);
  await requireGrant(transaction, caller, 'executions', 'read', await executionTarget(transaction, caller, execution));
  return execution;
}

function listRoutes(api: Api, { db }: ApiContext): void {
  const schema = { tags, response: { 200: page(ExecutionSummary) } };

  api.get(
    PATH,
    {
      config: { grant: null },
      schema: { ...schema, querystring: Type.Object({ ...PageQuery.properties, ...ExecutionFilter.properties }) },
    },
    ({ caller, query }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const wanted = pageOf(query, { sizeName: 'per_page', default: 20, cap: 100 });
        const { rows, total } = await listExecutions(transaction, query, windowOf(wanted));
        return envelope(wanted, rows, total);
      }),
  );

  api.get(
    `${PATH}/status/:status`,
    {
      config: { grant: null },
      schema: { ...schema, params: Type.Object({ status: Type.String() }), querystring: PageQuery },
    },
    ({ caller, params: { status }, query }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const wanted = pageOf(query, { sizeName: 'page_size', default: 50, cap: 100 });
        const filter = { status, include_total: true };
        const { rows, total } = await listExecutions(transaction, filter, windowOf(wanted));
        return envelope(wanted, rows, total);
      }),
  );

  api.get(
    `${PATH}/stats`,
    { config: { grant: null }, schema: { tags, response: { 200: one(ExecutionStats) } } },
    ({ caller }) => db.inTenant(caller.tenant, async (transaction) => ({ data: await executionStats(transaction) })),
  );
}

const LOG_LIMIT = 100;
const MAX_LOG_LIMIT = 1_000;
const LogQuery = Type.Object({
  cursor: Type.Optional(Type.String()),
  limit: Type.Optional(Type.Integer({ minimum: 0, saturates: true })),
});

/** What happened, in order, and how it stands: read by whoever may read the execution. */
function storyRoutes(api: Api, { db }: ApiContext): void {
  api.get(
    `${PATH}/:id/log`,
    {
      config: { grant: 'executions:read' },
      schema: { tags, params, querystring: LogQuery, response: { 200: one(LogPage) } },
    },
    ({ caller, params: { id }, query: { cursor, limit = LOG_LIMIT } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        await readable(transaction, caller, id);
        const most = Math.min(Math.max(limit, 1), MAX_LOG_LIMIT);
        return { data: await readLog(transaction, id, cursor ?? null, most) };
      }),
  );

  api.get(
    `${PATH}/:id/tree`,
    { config: { grant: 'executions:read' }, schema: { tags, params, response: { 200: one(ExecutionNode) } } },
    ({ caller, params: { id } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        await readable(transaction, caller, id);
        return { data: await executionTree(transaction, id) };
      }),
  );
}
