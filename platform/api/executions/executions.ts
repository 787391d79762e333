import { Type } from '@sinclair/typebox';
import { dataEnvelope } from '../../../contract/envelopes';
import {
  Execution,
  ExecutionChange,
  ExecutionDuration,
  ExecutionFilter,
  ExecutionStats,
  ExecutionSummary,
  LogPage,
} from '../../../contract/executions';
import { Id } from '../../../contract/json';
import type { Caller } from '../../auth/caller';
import { insufficientPermissions } from '../../auth/grants';
import type { Rights } from '../../auth/rights';
import { readLog } from '../../store/lifecycle/execution-log';
import { getExecutionWithSecrets, listExecutions, loadExecutionStats } from '../../store/executions/executions';
import { cancelExecution } from '../../store/executions/cancel-execution';
import { followPauseVerb } from '../../store/executions/pause-execution';
import { listDurations } from '../../store/executions/durations';
import type { Api, ApiContext } from '../http/context';
import { listRoute } from '../http/list-route';
import { DEFAULT_PAGES, LogQuery, logPageSize, lookaheadWindow } from '../http/paging';
import { route } from '../http/route';
import { executeRevisionRoute } from './execute-revision';
import { executeRoute } from './execute';
import { onExecution, readableEntries } from './on-execution';
import { replayRoute } from './replay';
import { rerunRoute } from './rerun';
import { createExecutionRequests } from './request-execution';
import { waitingRoutes } from './waiting';

const PATH = '/api/v1/executions';
const tags = ['executions'];
const params = Type.Object({ id: Id });

export function executionsRoutes(api: Api, context: ApiContext): void {
  const request = createExecutionRequests(context);
  executeRoute(api, request);
  executeRevisionRoute(api, request);
  itemRoutes(api);
  pauseRoutes(api);
  replayRoute(api);
  rerunRoute(api, request);
  listRoutes(api);
  historyRoutes(api);
  waitingRoutes(api, context);
}

function itemRoutes(api: Api): void {
  const querystring = Type.Object({ include_secret_values: Type.Optional(Type.Boolean()) });
  route(api, {
    method: 'GET',
    path: `${PATH}/:id`,
    grant: 'executions:read',
    schema: { tags, params, querystring, response: { 200: dataEnvelope(Execution) } },
    ...onExecution,
    additionalGrants: [
      {
        grant: 'executions:decrypt',
        target: (call) => (call.query.include_secret_values ? onExecution.target(call) : null),
      },
    ],
    handle: async ({ transaction, query, loaded }) => ({
      data: query.include_secret_values ? (await getExecutionWithSecrets(transaction, loaded.id))! : loaded,
    }),
  });

  route(api, {
    method: 'POST',
    path: `${PATH}/:id/cancel`,
    grant: 'executions:cancel',
    ignoresBody: true,
    schema: { tags, params, response: { 200: dataEnvelope(Execution) } },
    ...onExecution,
    handle: async ({ transaction, loaded }) => ({
      data: await cancelExecution(transaction, loaded.id),
    }),
  });
}

/** Pause and resume of a workflow, with the permission to cancel it. */
function pauseRoutes(api: Api): void {
  for (const verb of ['pause', 'resume'] as const) {
    route(api, {
      method: 'POST',
      path: `${PATH}/:id/${verb}`,
      extension: 'executions.pause',
      grant: 'executions:cancel',
      ignoresBody: true,
      schema: { tags, params, response: { 200: dataEnvelope(ExecutionChange) } },
      ...onExecution,
      handle: async ({ transaction, loaded }) => ({ data: await followPauseVerb(transaction, loaded.id, verb) }),
    });
  }
}

interface SearchCall {
  readonly caller: Caller;
  readonly query: ExecutionFilter;
  readonly rights: () => Promise<Rights>;
}

/**
 * A filter on what a list does not show, results and executors, would reveal it piece by piece:
 * FORBIDDEN without the permission to read every execution. Everyone may search for their own.
 */
async function requireSearchable({ caller, query, rights }: SearchCall): Promise<void> {
  const isHidden = query.result_contains !== undefined || (query.executor ?? caller.owner) !== caller.owner;
  if (isHidden && !(await rights()).allows('executions', 'read')) throw insufficientPermissions('executions', 'read');
}

function listRoutes(api: Api): void {
  const list = { tags, grant: null, item: ExecutionSummary };

  listRoute(api, {
    ...list,
    path: PATH,
    filter: ExecutionFilter,
    pages: { sizeName: 'per_page', default: 20, cap: 100 },
    validate: requireSearchable,
    list: ({ transaction, query, page }) => listExecutions(transaction, query, lookaheadWindow(page)),
  });

  listRoute(api, {
    ...list,
    path: `${PATH}/status/:status`,
    params: Type.Object({ status: Type.String() }),
    pages: DEFAULT_PAGES,
    list: ({ transaction, params: { status }, page }) =>
      listExecutions(transaction, { status, include_total: true }, lookaheadWindow(page)),
  });

  listRoute(api, {
    tags,
    grant: null,
    extension: 'executions.durations',
    item: ExecutionDuration,
    path: `${PATH}/durations`,
    filter: Type.Pick(ExecutionFilter, ['status', 'action_ref']),
    pages: DEFAULT_PAGES,
    list: ({ transaction, query, page }) => listDurations(transaction, query, page),
  });

  route(api, {
    method: 'GET',
    path: `${PATH}/stats`,
    grant: null,
    schema: { tags, response: { 200: dataEnvelope(ExecutionStats) } },
    handle: async ({ transaction }) => ({ data: await loadExecutionStats(transaction) }),
  });
}

/** The log of an execution. */
function historyRoutes(api: Api): void {
  route(api, {
    method: 'GET',
    path: `${PATH}/:id/log`,
    extension: 'executions.log',
    grant: 'executions:read',
    schema: { tags, params, querystring: LogQuery, response: { 200: dataEnvelope(LogPage) } },
    ...onExecution,
    handle: async ({ transaction, caller, rights, query, loaded }) => {
      const page = await readLog(transaction, loaded.id, query.cursor ?? null, logPageSize(query));
      const entries = await readableEntries(transaction, caller, await rights(), page.entries);
      return { data: { ...page, entries } };
    },
  });
}
