import { Type } from '@sinclair/typebox';
import { dataEnvelope } from '../../../contract/envelopes';
import { Enforcement, EnforcementFilter, EnforcementSummary } from '../../../contract/events';
import { ExecutionSummary } from '../../../contract/executions';
import { Id } from '../../../contract/json';
import { enforcementTarget } from '../../auth/authorization-targets';
import { requireFound } from '../../base/domain-error';
import type { Transaction } from '../../store/database/connection';
import { getEnforcement, listEnforcements } from '../../store/events/enforcements';
import { getExecutionWithSecrets, listExecutions } from '../../store/executions/executions';
import type { Api } from '../http/context';
import { listRoute } from '../http/list-route';
import { DEFAULT_PAGES, LONG_PAGES, lookaheadWindow } from '../http/paging';
import { route } from '../http/route';

const PATH = '/api/v1/enforcements';
const tags = ['enforcements'];
const params = Type.Object({ id: Id });
const querystring = Type.Object({ include_secret_values: Type.Optional(Type.Boolean()) });

export function enforcementsRoutes(api: Api): void {
  listRoute(api, {
    path: PATH,
    tags,
    grant: null,
    filter: EnforcementFilter,
    item: EnforcementSummary,
    pages: LONG_PAGES,
    list: ({ transaction, query, page }) => listEnforcements(transaction, query, lookaheadWindow(page)),
  });

  route(api, {
    method: 'GET',
    path: `${PATH}/:id`,
    grant: 'enforcements:read',
    schema: { tags, params, querystring, response: { 200: dataEnvelope(Enforcement) } },
    load: ({ transaction, params: { id } }) => loadEnforcement(transaction, id),
    target: ({ transaction, loaded }) => enforcementTarget(transaction, loaded),
    additionalGrants: [
      {
        grant: 'enforcements:decrypt',
        target: ({ transaction, query, loaded }) =>
          query.include_secret_values ? enforcementTarget(transaction, loaded) : null,
      },
    ],
    handle: async ({ transaction, query, loaded }) => ({
      data: query.include_secret_values ? await withSecretValues(transaction, loaded) : loaded,
    }),
  });

  // The executions of an enforcement that does not exist are an empty page.
  listRoute(api, {
    path: `${PATH}/:id/executions`,
    tags,
    grant: null,
    params,
    item: ExecutionSummary,
    pages: DEFAULT_PAGES,
    list: ({ transaction, params: { id: enforcement }, page }) =>
      listExecutions(transaction, { enforcement, include_total: true }, lookaheadWindow(page)),
  });
}

/** With the parameters that its execution was given, secrets included. */
async function withSecretValues(transaction: Transaction, enforcement: Enforcement): Promise<Enforcement> {
  const filter = { enforcement: enforcement.id, top_level_only: true };
  const { rows } = await listExecutions(transaction, filter, { limit: 1, offset: 0 });
  const execution = rows[0] && (await getExecutionWithSecrets(transaction, rows[0].id));
  return execution ? { ...enforcement, config: execution.config } : enforcement;
}

const loadEnforcement = async (transaction: Transaction, id: number): Promise<Enforcement> =>
  requireFound(await getEnforcement(transaction, id), `Enforcement ${id}`);
