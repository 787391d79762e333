import { page, type PageWindow } from '../../../contract/envelopes';
import {
  Execution,
  ExecutionChange,
  ExecutionDuration,
  ExecutionNode,
  ExecutionStats,
  ExecutionSummary,
  LogPage,
  TaskWaits,
  type Execute,
  type ExecutionFilter,
  type Rerun,
  type LogEntry,
  type StreamName,
} from '../../../contract/executions';
import { ReplayReport, type ReplayRequest } from '../../../contract/workflows/replay';
import type { Status } from '../../../contract/status';
import { Waiting } from '../../../contract/waiting';
import type { CallOptions } from '../call';
import { readExecution, readTree, withFinishedAt } from '../derived-execution';
import { nullOn404 } from '../null-on-not-found';
import { verb } from '../operation';
import type { Request } from '../request';

/**
 * Executions: one action or workflow, run once. Every verb throws ApiError with the status and
 * code named here.
 */
export const executions = (request: Request) => {
  const get = verb(['GET /executions/{id}', 'get_execution'], (call, id: number) =>
    readExecution(() => request.one(Execution, call({ id }))),
  );
  const children = verb('GET /executions', async (call, parent: number) => {
    const rows = await request.all(ExecutionSummary, call({ query: { parent } }));
    return rows.map(withFinishedAt).sort((a, b) => a.id - b.id);
  });
  return {
    /**
     * Executes an action or workflow without a rule; returns while still `requested`. Parameters
     * are validated only with `validate`: 422 VALIDATION_ERROR. With `idempotencyKey`, a repeated
     * request returns the first response; 409 CONFLICT for another body under that key. 404
     * NOT_FOUND.
     */
    execute: verb(
      ['POST /executions/execute', 'create_execution', 'execute_action'],
      async (call, body: Execute, options: CallOptions = {}): Promise<Execution> =>
        withFinishedAt(await request.one(Execution, call({ body, ...options }))),
    ),

    /** 404 NOT_FOUND if it never existed or retention has removed it. */
    get,

    /** With the values of its secret parameters. 403 FORBIDDEN without executions:decrypt. */
    getWithSecrets: verb('GET /executions/{id}', (call, id: number) =>
      readExecution(() => request.one(Execution, call({ id, query: { include_secret_values: true } }))),
    ),

    /** Every match on every page, newest first. Summaries: neither `config` nor `result`. */
    list: verb(['GET /executions', 'list_executions'], async (call, filter: ExecutionFilter) =>
      (await request.all(ExecutionSummary, call({ query: { ...filter } }))).map(withFinishedAt),
    ),

    /** One page, newest first. */
    page: verb('GET /executions', (call, filter: ExecutionFilter, window: PageWindow) =>
      request.body(page(ExecutionSummary), call({ query: { ...filter, ...window } })),
    ),

    /**
     * One page of a log, from a cursor on: the `next` of an earlier page. `ended`: no entry
     * follows. 422 VALIDATION_ERROR with CURSOR_INVALID.
     */
    logPage: verb(
      'GET /executions/{id}/log',
      (call, id: number, query: { readonly cursor?: string | undefined; readonly limit?: number }) =>
        request.one(LogPage, call({ id, query: { ...query } })),
    ),

    /** How long top-level executions took, the newest first. */
    durations: verb('GET /executions/durations', (call, filter: Pick<ExecutionFilter, 'status' | 'action_ref'> = {}) =>
      request.all(ExecutionDuration, call({ query: { ...filter } })),
    ),

    /** A workflow's direct children, oldest first: one execution per attempt of each task. */
    children,

    /**
     * Requests a cancellation; a running execution is `canceling` first, so wait for `cancelled`.
     * 409 CONFLICT once it has ended.
     */
    cancel: verb(['POST /executions/{id}/cancel', 'cancel_execution'], async (call, id: number) =>
      withFinishedAt(await request.one(Execution, call({ id }))),
    ),

    /**
     * Pauses a workflow: it is `paused` once its steps in flight have ended. 409
     * ILLEGAL_TRANSITION, EXECUTION_HAS_NO_STEPS.
     */
    pause: verb('POST /executions/{id}/pause', (call, id: number) => request.one(ExecutionChange, call({ id }))),

    /** A paused workflow goes on. 409 as for `pause`, or PARENT_PAUSED. */
    resume: verb('POST /executions/{id}/resume', (call, id: number) => request.one(ExecutionChange, call({ id }))),

    /**
     * What another version of its workflow would have done; stores nothing. 404; 409
     * REPLAY_NEEDS_FINISHED, REVISION_NOT_COMPILED, EXECUTION_HAS_NO_STEPS; 422 REPLAY_TOO_LARGE,
     * and with all findings of a definition that does not compile.
     */
    replay: verb('POST /executions/{id}/replay', (call, id: number, body: ReplayRequest) =>
      request.one(ReplayReport, call({ id, body })),
    ),

    /**
     * Runs the workflow of an ended execution again from a task: a new execution, with the results
     * of the tasks before it. 404; 409 EXECUTION_HAS_NO_STEPS, RERUN_NEEDS_ENDED,
     * RERUN_TASK_NOT_REACHED, RERUN_STATE_UNKNOWN; 422 RERUN_TASK_UNKNOWN, VALIDATION_ERROR,
     * REPLAY_TOO_LARGE. `idempotencyKey`: as for `execute`.
     */
    rerun: verb(
      'POST /executions/{id}/rerun',
      async (call, id: number, body: Rerun, options: CallOptions = {}): Promise<Execution> =>
        withFinishedAt(await request.one(Execution, call({ id, body, ...options }))),
    ),
    /** Why it has not ended: from the execution to what holds it. 404 NOT_FOUND. */
    waiting: verb('GET /executions/{id}/waiting', (call, id: number) => request.one(Waiting, call({ id }))),

    /** Its tasks that wait without an execution of their own: none. 404 NOT_FOUND. */
    taskWaits: verb('GET /executions/{id}/workflow-task-waits', (call, id: number) =>
      request.one(TaskWaits, call({ id })),
    ),

    /** Number of the caller's executions by status. */
    stats: verb('GET /executions/stats', (call) => request.one(ExecutionStats, call())),

    /** The log of a tree of executions, oldest first; of a child, only its own entries. */
    log: verb('GET /executions/{id}/log', async (call, id: number): Promise<LogEntry[]> => {
      const entries: LogEntry[] = [];
      let cursor: string | undefined;
      for (;;) {
        const got = await request.one(LogPage, call({ id, query: { cursor, limit: 1_000 } }));
        if (got.entries.length === 0) return entries;
        entries.push(...got.entries);
        cursor = got.next;
      }
    }),

    /**
     * The execution with its descendants, their ends, and the last output of their streams; on a
     * platform without this route, what single reads give.
     */
    tree: verb(
      'GET /executions/{id}/tree',
      async (call, id: number) =>
        (await nullOn404(request.one(ExecutionNode, call({ id })))) ?? readTree({ get, children }, id),
    ),

    /**
     * Follows an output stream: `waiting`, `content`, `append`, `done`, each with its text; the id
     * is the offset to resume from. 404 NOT_FOUND, 403 FORBIDDEN.
     */
    logs: verb('GET /executions/{id}/logs/{stream}/stream', (call, id: number, stream: StreamName, offset?: number) =>
      request.events(call({ id, stream, query: { offset: offset ?? 0 } })),
    ),

    /**
     * Follows the status changes of one execution, or of all that the caller may read: payloads of
     * notifications as JSON. Starts with the response and never ends by itself. 403 FORBIDDEN for
     * another execution with an execution's token.
     */
    changes: verb('GET /executions/stream', (call, id?: number) =>
      request.events(call({ query: { execution_id: id } })),
    ),

    /** 400 BAD_REQUEST for an unknown status. */
    byStatus: verb('GET /executions/status/{status}', async (call, status: Status) =>
      (await request.all(ExecutionSummary, call({ status }))).map(withFinishedAt),
    ),
  };
};
