import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { Type } from '@sinclair/typebox';
import { STREAM_NAMES, type StreamName } from '../../contract/executions';
import { Id } from '../../contract/json';
import { isTerminal, type Status } from '../../contract/status';
import type { Database } from '../store/database';
import { executionRow } from '../store/executions';
import { Refusal } from '../refusal';
import { streamLogOf } from '../worker/surroundings';
import type { Api, ApiContext, Caller } from './context';
import { notFound } from './errors';
import { requireGrant } from './grants';
import { STILL_THERE, readFrom, serverEvent } from './tail-file';
import { executionTarget } from './targets';

const POLL_MS = 250;
const POLLS_PER_KEEP_ALIVE = 60;

const params = Type.Object({ id: Id, stream: Type.String() });
const querystring = Type.Object({ offset: Type.Optional(Type.Integer({ minimum: 0 })) });

/** What a process says, as it says it: server-sent events of `contract/executions.ts`, until all was told. */
export function executionLogsRoutes(api: Api, { db, directory }: ApiContext): void {
  api.get(
    '/api/v1/executions/:id/logs/:stream/stream',
    {
      config: { grant: 'executions:read' },
      exposeHeadRoute: false,
      schema: { tags: ['executions'], params, querystring, produces: ['text/event-stream'] },
    },
    async ({ caller, params: { id, stream: named }, query: { offset = 0 } }, reply) => {
      const stream = streamOf(named);
      await refuseUnreadable(db, caller, id);
      const events = Readable.from(tell({ db, directory, tenant: caller.tenant, id, stream }, offset));
      return reply.type('text/event-stream').header('cache-control', 'no-store').send(events);
    },
  );
}

function streamOf(name: string): StreamName {
  const stream = STREAM_NAMES.find((known) => known === name);
  if (stream !== undefined) return stream;
  throw new Refusal('BAD_REQUEST', `there is no stream "${name}": give ${STREAM_NAMES.join(' or ')}`, {
    path: 'stream',
  });
}

/** An execution may read its own streams; all others need the grant. NOT_FOUND, then FORBIDDEN. */
const refuseUnreadable = (db: Database, caller: Caller, id: number): Promise<void> =>
  db.inTenant(caller.tenant, async (transaction) => {
    const row = await executionRow(transaction, id);
    if (!row) throw notFound(`Execution ${id}`);
    if (caller.tokenType === 'execution' && caller.execution === id) return;
    await requireGrant(transaction, caller, 'executions', 'read', await executionTarget(transaction, caller, row));
  });

interface Told {
  readonly db: Database;
  readonly directory: string;
  readonly tenant: number;
  readonly id: number;
  readonly stream: StreamName;
}

/** The events from byte `offset` on. An attempt that was started again speaks from its own beginning. */
async function* tell(told: Told, offset: number): AsyncGenerator<string> {
  let at = offset;
  let attempt: number | null = null;
  let spoke = offset > 0;
  for (let quiet = 0; ; quiet++) {
    const now = await standing(told);
    if (now === null) {
      yield serverEvent('error', `Execution ${told.id} not found`);
      return;
    }
    if (attempt !== null && now.attempt !== attempt) [at, spoke] = [0, false];
    attempt = now.attempt;
    const path = streamLogOf(told, { tenant: told.tenant, execution: told.id, attempt }, told.stream);
    // It was asked for its status first: what a finished one has said is all on disk.
    for (
      let chunk = await readFrom(path, at, now.ended);
      chunk.length > 0;
      chunk = await readFrom(path, at, now.ended)
    ) {
      at += chunk.length;
      yield serverEvent(spoke ? 'append' : 'content', chunk.toString('utf8'), at);
      [spoke, quiet] = [true, 0];
    }
    if (now.ended) {
      yield serverEvent('done', now.status);
      return;
    }
    if (!spoke && quiet === 0) yield serverEvent('waiting', now.status);
    else if (quiet > 0 && quiet % POLLS_PER_KEEP_ALIVE === 0) yield STILL_THERE;
    await pause(POLL_MS);
  }
}

async function standing({ db, tenant, id }: Told): Promise<{ status: Status; attempt: number; ended: boolean } | null> {
  const row = await db.inTenant(tenant, (transaction) => executionRow(transaction, id));
  return row ? { status: row.status, attempt: row.attempt, ended: isTerminal(row.status) } : null;
}
