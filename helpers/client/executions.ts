import {
  Execution,
  ExecutionNode,
  ExecutionStats,
  ExecutionSummary,
  LogPage,
  type Execute,
  type ExecutionFilter,
  type LogEntry,
  type StreamName,
} from '../../contract/executions';
import type { Status } from '../../contract/status';
import { verb } from './operation';
import type { Request } from './request';

/** Executions: one action or workflow, run once. Every verb throws ApiError with the status and code named here. */
export const executions = (request: Request) => ({
  /** Starts now, outside any rule; answers while still `requested`. Parameters are not validated. 404 NOT_FOUND. */
  execute: verb(
    'POST /executions/execute',
    (call) => (body: Execute) => request.one(Execution, call({ body })),
    'create_execution',
    'execute_action',
  ),

  /** 404 NOT_FOUND when it never existed or retention has removed it. */
  get: verb('GET /executions/{id}', (call) => (id: number) => request.one(Execution, call({ id })), 'get_execution'),

  /** Every match on every page, newest first. Summaries: neither `config` nor `result`. */
  list: verb(
    'GET /executions',
    (call) => (filter: ExecutionFilter) => request.all(ExecutionSummary, call({ query: { ...filter } })),
    'list_executions',
  ),

  /** A workflow's direct children, oldest first: one execution per attempt of each task. */
  children: verb(
    'GET /executions',
    (call) => async (parent: number) =>
      (await request.all(ExecutionSummary, call({ query: { parent } }))).sort((a, b) => a.id - b.id),
  ),

  /** Asks for a stop; a running one answers `canceling`, so wait for `cancelled`. 409 CONFLICT once it has ended. */
  cancel: verb(
    'POST /executions/{id}/cancel',
    (call) => (id: number) => request.one(Execution, call({ id })),
    'cancel_execution',
  ),

  /** How many of the caller's executions are where. */
  stats: verb('GET /executions/stats', (call) => () => request.one(ExecutionStats, call())),

  /** The whole append-only story of a tree, oldest first; of a child, only its own. */
  log: verb('GET /executions/{id}/log', (call) => async (id: number): Promise<LogEntry[]> => {
    const entries: LogEntry[] = [];
    let cursor: string | undefined;
    for (;;) {
      const got = await request.one(LogPage, call({ id, query: { cursor, limit: 1_000 } }));
      if (got.entries.length === 0) return entries;
      entries.push(...got.entries);
      cursor = got.next;
    }
  }),

  /** The execution with all below it, how each ended, and the tails of its streams. */
  tree: verb('GET /executions/{id}/tree', (call) => (id: number) => request.one(ExecutionNode, call({ id }))),

  /**
   * What it says on a stream, as it says it: `waiting`, `content`, `append`, `done`, each with its text; the id is the
   * offset to go on from. 404 NOT_FOUND, 403 FORBIDDEN.
   */
  logs: verb(
    'GET /executions/{id}/logs/{stream}/stream',
    (call) =>
      (id: number, stream: StreamName, offset = 0) =>
        request.events(call({ id, stream, query: { offset } })),
  ),

  /**
   * Every change of this execution's status, or of all that may be read, as it happens: payloads of notifications as JSON.
   * From when the answer begins; never ends by itself. 403 FORBIDDEN: an execution's token, for another one.
   */
  changes: verb(
    'GET /executions/stream',
    (call) => (id?: number) => request.events(call({ query: { execution_id: id } })),
  ),

  /** 400 BAD_REQUEST for a word that is no status. */
  byStatus: verb(
    'GET /executions/status/{status}',
    (call) => (status: Status) => request.all(ExecutionSummary, call({ status })),
  ),
});
