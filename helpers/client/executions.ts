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
import type { Request } from './request';

const at = (id: number) => `/executions/${id}`;

/** Executions: one action or workflow, run once. Every verb throws ApiError with the status and code named here. */
export const executions = (request: Request) => ({
  /** Starts now, outside any rule; answers while still `requested`. Parameters are not validated. 404 NOT_FOUND. */
  execute: (body: Execute) => request.one(Execution, { method: 'POST', path: '/executions/execute', body }),

  /** 404 NOT_FOUND when it never existed or retention has removed it. */
  get: (id: number) => request.one(Execution, { method: 'GET', path: at(id) }),

  /** Every match on every page, newest first. Summaries: neither `config` nor `result`. */
  list: (filter: ExecutionFilter) =>
    request.all(ExecutionSummary, { method: 'GET', path: '/executions', query: { ...filter } }),

  /** A workflow's direct children, oldest first: one execution per attempt of each task. */
  children: async (parent: number) =>
    (await request.all(ExecutionSummary, { method: 'GET', path: '/executions', query: { parent } })).sort(
      (a, b) => a.id - b.id,
    ),

  /** Asks for a stop; a running one answers `canceling`, so wait for `cancelled`. 409 CONFLICT once it has ended. */
  cancel: (id: number) => request.one(Execution, { method: 'POST', path: `${at(id)}/cancel` }),

  /** How many of the caller's executions are where. */
  stats: () => request.one(ExecutionStats, { method: 'GET', path: '/executions/stats' }),

  /** The whole append-only story of a tree, oldest first; of a child, only its own. */
  log: async (id: number): Promise<LogEntry[]> => {
    const entries: LogEntry[] = [];
    let cursor: string | undefined;
    for (;;) {
      const path = `${at(id)}/log`;
      const got = await request.one(LogPage, { method: 'GET', path, query: { cursor, limit: 1_000 } });
      if (got.entries.length === 0) return entries;
      entries.push(...got.entries);
      cursor = got.next;
    }
  },

  /** The execution with all below it, how each ended, and the tails of its streams. */
  tree: (id: number) => request.one(ExecutionNode, { method: 'GET', path: `${at(id)}/tree` }),

  /**
   * What it says on a stream, as it says it: `waiting`, `content`, `append`, `done`, each with its text; the id is the
   * offset to go on from. 404 NOT_FOUND, 403 FORBIDDEN.
   */
  logs: (id: number, stream: StreamName, offset = 0) =>
    request.events({ method: 'GET', path: `${at(id)}/logs/${stream}/stream`, query: { offset } }),

  /** 400 BAD_REQUEST for a word that is no status. */
  byStatus: (status: Status) => request.all(ExecutionSummary, { method: 'GET', path: `/executions/status/${status}` }),
});
