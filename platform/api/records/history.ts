import { Type } from '@sinclair/typebox';
import {
  EntityHistoryFilter,
  HISTORY_ENTITIES,
  HistoryFilter,
  HistoryRecord,
  type HistoryEntity,
} from '../../../contract/records/history';
import { Id } from '../../../contract/json';
import { DomainError, notFound } from '../../base/domain-error';
import { findExecutionRow } from '../../store/executions/executions';
import { listHistory } from '../../store/records/history';
import { listWorkerHealth } from '../../store/workers/worker-health';
import type { Api, ApiContext } from '../http/context';
import { listRoute } from '../http/list-route';
import type { PageRules } from '../http/paging';
import { staleSecondsOf } from '../workers/on-worker';
import { requireInstants } from './instants';

const tags = ['history'];
const params = Type.Object({ id: Id });
const PAGES: PageRules = { sizeName: 'page_size', default: 50, cap: 1_000, least: 1 };

/** Every authenticated caller may read the changes of what its tenant sees. */
export function historyRoutes(api: Api, context: ApiContext): void {
  const list = { tags, grant: null, item: HistoryRecord, pages: PAGES };

  listRoute(api, {
    ...list,
    path: '/api/v1/history/:entity',
    params: Type.Object({ entity: Type.String() }),
    filter: HistoryFilter,
    validate: ({ params: { entity }, query }) => {
      requireEntity(entity);
      requireInstants(query, ['since', 'until']);
    },
    list: ({ transaction, params: { entity }, query, page }) =>
      listHistory(transaction, requireEntity(entity), query, page),
  });

  listRoute(api, {
    ...list,
    path: '/api/v1/executions/:id/history',
    params,
    filter: EntityHistoryFilter,
    validate: ({ query }) => requireInstants(query, ['since', 'until']),
    load: async ({ transaction, params: { id } }) => {
      if (!(await findExecutionRow(transaction, id))) throw notFound(`Execution ${id}`);
    },
    list: ({ transaction, params: { id }, query, page }) =>
      listHistory(transaction, 'execution', { ...query, entity_id: id }, page),
  });

  listRoute(api, {
    ...list,
    path: '/api/v1/workers/:id/history',
    params,
    filter: EntityHistoryFilter,
    validate: ({ query }) => requireInstants(query, ['since', 'until']),
    load: async ({ transaction, params: { id } }) => {
      const workers = await listWorkerHealth(transaction, staleSecondsOf(context), id);
      if (workers.length === 0) throw notFound(`Worker ${id}`);
    },
    list: ({ transaction, params: { id }, query, page }) =>
      listHistory(transaction, 'worker', { ...query, entity_id: id }, page),
  });
}

function requireEntity(entity: string): HistoryEntity {
  const known = HISTORY_ENTITIES.find((name) => name === entity);
  if (known !== undefined) return known;
  throw new DomainError('BAD_REQUEST', `there is no history of ${entity}: name ${HISTORY_ENTITIES.join(' or ')}`);
}
