import { setTimeout as sleep } from 'node:timers/promises';
import type { LogEntry, LogPage } from '../../contract/executions';
import { ApiError } from '../errors';
import type { Client } from './client';

/** Pauses between reads of a log that has nothing new, ms; the last one repeats. */
const PAUSES_MS = [50, 100, 200, 400];
/** Pauses after failed reads, ms; as many reads in sequence may fail. */
const RETRY_PAUSES_MS = [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000, 5_000];

/**
 * The entries of an execution's log, oldest first, as they are written, until its end. A read that
 * fails without a response or by the platform (5xx) is repeated from the same cursor for 26 s.
 * Throws ApiError 404 NOT_FOUND, and the error of the last repetition.
 */
export async function* followLog(client: Client, id: number): AsyncGenerator<LogEntry, void> {
  let cursor: string | undefined;
  for (let idleReads = 0; ;) {
    const { entries, next, ended } = await readPage(client, id, cursor);
    yield* entries;
    if (ended) return;
    if (next !== '') cursor = next;
    idleReads = entries.length === 0 ? idleReads + 1 : 0;
    if (idleReads > 0) await sleep(PAUSES_MS[Math.min(idleReads, PAUSES_MS.length) - 1]);
  }
}

async function readPage(client: Client, id: number, cursor: string | undefined): Promise<LogPage> {
  for (const pauseMs of RETRY_PAUSES_MS) {
    try {
      return await client.executions.logPage(id, { cursor });
    } catch (error) {
      if (!isPassing(error)) throw error;
      await sleep(pauseMs);
    }
  }
  return client.executions.logPage(id, { cursor });
}

/** The platform, or the connection to it, may be back later. */
const isPassing = (error: unknown): boolean => error instanceof ApiError && (error.status === 0 || error.status >= 500);
