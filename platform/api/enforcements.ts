import { Type } from '@sinclair/typebox';
import { one, page } from '../../contract/envelopes';
import { Enforcement, EnforcementFilter, EnforcementSummary } from '../../contract/events';
import { ExecutionSummary } from '../../contract/executions';
import { Id } from '../../contract/json';
import type { Transaction } from '../store/database';
import { getEnforcement, listEnforcements } from '../store/enforcements';
import { listExecutions, revealExecution } from '../store/executions';
import type { Api, ApiContext } from './context';
import { notFound } from './errors';
import { requireGrant } from './grants';
import { PageQuery, envelope, pageOf, windowOf } from './paging';
import { happeningTarget } from './targets';

const PATH = '/api/v1/enforcements';
const tags = ['enforcements'];
const params = Type.Object({ id: Id });
const SecretsQuery = Type.Object({ include_secret_values: Type.Optional(Type.Boolean()) });
/** No cap: clients ask for 1000 and get them. */
const PAGES = { sizeName: 'per_page', default: 50, cap: null } as const;
const EXECUTION_PAGES = { sizeName: 'page_size', default: 50, cap: 100 } as const;

export function enforcementsRoutes(api: Api, { db }: ApiContext): void {
  const querystring = Type.Object({ ...PageQuery.properties, ...EnforcementFilter.properties });

  api.get(
    PATH,
    { config: { grant: null }, schema: { tags, querystring, response: { 200: page(EnforcementSummary) } } },
    ({ caller, query }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const wanted = pageOf(query, PAGES);
        const { rows, total } = await listEnforcements(transaction, query, windowOf(wanted));
        return envelope(wanted, rows, total);
      }),
  );

  api.get(
    `${PATH}/:id`,
    {
      config: { grant: 'enforcements:read' },
      schema: { tags, params, querystring: SecretsQuery, response: { 200: one(Enforcement) } },
    },
    ({ caller, params: { id }, query: { include_secret_values: isRevealed = false } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const data = await existing(transaction, id);
        const target = happeningTarget(id, data.rule_ref);
        await requireGrant(transaction, caller, 'enforcements', 'read', target);
        if (!isRevealed) return { data };
        await requireGrant(transaction, caller, 'enforcements', 'decrypt', target);
        return { data: await revealed(transaction, data) };
      }),
  );

  // Of an enforcement that there is not: none.
  api.get(
    `${PATH}/:id/executions`,
    {
      config: { grant: null },
      schema: { tags, params, querystring: PageQuery, response: { 200: page(ExecutionSummary) } },
    },
    ({ caller, params: { id }, query }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const wanted = pageOf(query, EXECUTION_PAGES);
        const filter = { enforcement: id, include_total: true };
        const { rows, total } = await listExecutions(transaction, filter, windowOf(wanted));
        return envelope(wanted, rows, total);
      }),
  );
}

/** With the parameters that its execution was given, secrets in their places. */
async function revealed(transaction: Transaction, enforcement: Enforcement): Promise<Enforcement> {
  const filter = { enforcement: enforcement.id, top_level_only: true };
  const { rows } = await listExecutions(transaction, filter, { limit: 1, offset: 0 });
  const execution = rows[0] && (await revealExecution(transaction, rows[0].id));
  return execution ? { ...enforcement, config: execution.config } : enforcement;
}

async function existing(transaction: Transaction, id: number): Promise<Enforcement> {
  const enforcement = await getEnforcement(transaction, id);
  if (!enforcement) throw notFound(`Enforcement ${id}`);
  return enforcement;
}
