import { Type } from '@sinclair/typebox';
import { STREAM_NAMES, type StreamName } from '../../../contract/executions';
import { Id } from '../../../contract/json';
import { isTerminal } from '../../../contract/status';
import type { Database } from '../../store/database/connection';
import { findExecutionRow } from '../../store/executions/executions';
import { DomainError, requireFound } from '../../base/domain-error';
import { logsDirectory, streamLogPath } from '../../base/directories';
import type { Api, ApiContext } from '../http/context';
import { routeAfterCommit } from '../http/route';
import { sendEventStream } from '../http/sse';
import { followLog, type LogState } from './follow-log';
import type { Caller } from '../../auth/caller';
import { executionTarget } from '../../auth/authorization-targets';

const POLL_MS = 250;

const params = Type.Object({ id: Id, stream: Type.String() });
const querystring = Type.Object({ offset: Type.Optional(Type.Integer({ minimum: 0 })) });

/**
 * The output of a process while it is written: server-sent events of `contract/executions.ts`, up
 * to its end.
 */
export function executionLogsRoutes(api: Api, { db, directory }: ApiContext): void {
  routeAfterCommit(api, {
    method: 'GET',
    path: '/api/v1/executions/:id/logs/:stream/stream',
    grant: 'executions:read',
    exposeHeadRoute: false,
    schema: { tags: ['executions'], params, querystring, produces: ['text/event-stream'] },
    load: async ({ transaction, params: { id, stream } }) => {
      const name = parseStreamName(stream);
      const row = requireFound(await findExecutionRow(transaction, id), `Execution ${id}`);
      return { row, name };
    },
    target: ({ transaction, caller, loaded }) => executionTarget(transaction, caller, loaded.row),
    // A running execution may read its own streams.
    isExempt: ({ caller, params: { id } }) => isOwnLog(caller, id),
    respond: ({
      caller,
      params: { id },
      query: { offset = 0 },
      loaded: { name: stream },
      reply,
      isStillAuthorized,
    }) => {
      const log = { db, directory, tenant: caller.tenant, id, stream };
      return sendEventStream(
        reply,
        followLog({
          offset,
          pollMs: POLL_MS,
          // Its token ends with the execution, before the end of its log.
          isStillAuthorized: isOwnLog(caller, id) ? () => Promise.resolve(true) : isStillAuthorized,
          state: () => executionLogState(log),
        }),
      );
    },
  });
}

const isOwnLog = (caller: Caller, id: number): boolean => caller.tokenType === 'execution' && caller.execution === id;

function parseStreamName(name: string): StreamName {
  const stream = STREAM_NAMES.find((known) => known === name);
  if (stream !== undefined) return stream;
  throw new DomainError('BAD_REQUEST', `there is no stream "${name}": give ${STREAM_NAMES.join(' or ')}`, {
    path: 'stream',
  });
}

interface ExecutionLog {
  readonly db: Database;
  readonly directory: string;
  readonly tenant: number;
  readonly id: number;
  readonly stream: StreamName;
}

/** The log of the newest attempt. */
async function executionLogState({ db, directory, tenant, id, stream }: ExecutionLog): Promise<LogState> {
  const row = await db.inTenant(tenant, (transaction) => findExecutionRow(transaction, id));
  if (!row) return { error: `Execution ${id} not found` };
  return {
    source: {
      directory: logsDirectory({ directory }, { tenant }),
      path: streamLogPath({ directory }, { tenant, execution: id, attempt: row.attempt }, stream),
    },
    isComplete: isTerminal(row.status),
    status: row.status,
  };
}
