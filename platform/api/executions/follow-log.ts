import { setTimeout as pause } from 'node:timers/promises';
import type { StreamEvent } from '../../../contract/executions';
import type { FileBelow } from '../../files/open-below';
import { bytesInChunks, readChunks } from '../../files/read-chunks';
import { hostNow } from '../../base/clock';
import { KEEP_ALIVE_COMMENT, KEEP_ALIVE_MS, sseEvent } from '../http/sse';

/** Between two checks of the reader's permission, ms. */
const PERMISSION_CHECK_MS = 1_000;

/** A log at one moment, or why it cannot be read. */
export type LogState =
  | {
      /**
       * Null: there is nothing to read yet. Another path is another file, which is read from its
       * beginning. Bytes do not change.
       */
      readonly source: FileBelow | Buffer | null;
      /** Nothing more will be written. */
      readonly isComplete: boolean;
      /** Data of the events `waiting` and `done`. */
      readonly status: string;
    }
  | { readonly error: string };

interface FollowedLog {
  /** Byte to begin at. */
  readonly offset: number;
  /** Between two reads of a file that may grow, ms. */
  readonly pollMs: number;
  /**
   * How long a log may stay empty, ms: then the event `error` ends the stream. Without it an
   * empty log ends with `done` as soon as it is complete.
   */
  readonly emptyTimeoutMs?: number;
  /** Whether the token is still valid, and still permits to read the log. */
  isStillAuthorized(): Promise<boolean>;
  /** The state must be read before the file: then all that a complete log holds is on disk. */
  state(): Promise<LogState>;
}

const event: (name: StreamEvent, text: string, id?: number) => string = sseEvent;

const pathOf = (source: FileBelow | Buffer | null): string | null =>
  source === null || Buffer.isBuffer(source) ? null : source.path;

function chunksOf(
  { source, isComplete }: Exclude<LogState, { readonly error: string }>,
  position: number,
): AsyncIterable<Buffer> | [] {
  if (source === null) return [];
  return Buffer.isBuffer(source) ? bytesInChunks(source, position) : readChunks(source, position, isComplete);
}

const NOT_AUTHORIZED = event('error', 'the permission to read this has ended');

/** The request itself has been authorized a moment ago. */
function checkedAtMostEvery(periodMs: number, check: () => Promise<boolean>): () => Promise<boolean> {
  let checkedAt = hostNow();
  return async () => {
    if (hostNow() - checkedAt < periodMs) return true;
    checkedAt = hostNow();
    return check();
  };
}

/** Server-sent events of a log that may grow: `contract/executions.ts` names them. */
export async function* followLog(followed: FollowedLog): AsyncGenerator<string> {
  const { offset, pollMs, emptyTimeoutMs, state } = followed;
  const isAuthorized = checkedAtMostEvery(PERMISSION_CHECK_MS, () => followed.isStillAuthorized());
  let position = offset;
  let path: string | null = null;
  for (let idlePolls = 0; ; idlePolls++) {
    const log = await state();
    if ('error' in log || !(await isAuthorized())) {
      yield 'error' in log ? event('error', log.error) : NOT_AUTHORIZED;
      return;
    }
    const found = pathOf(log.source);
    if (path !== null && found !== null && found !== path) position = 0;
    path = found ?? path;
    const chunks = chunksOf(log, position);
    for await (const chunk of chunks) {
      if (!(await isAuthorized())) {
        yield NOT_AUTHORIZED;
        return;
      }
      const name = position === 0 ? 'content' : 'append';
      position += chunk.length;
      yield event(name, chunk.toString('utf8'), position);
      idlePolls = 0;
    }
    const isEmpty = position === 0;
    if (log.isComplete && (!isEmpty || emptyTimeoutMs === undefined)) {
      yield event('done', log.status);
      return;
    }
    if (isEmpty && idlePolls * pollMs === emptyTimeoutMs) {
      yield event('error', 'there is no file to read');
      return;
    }
    if (isEmpty && idlePolls === 0) yield event('waiting', log.status);
    else if (idlePolls > 0 && (idlePolls * pollMs) % KEEP_ALIVE_MS === 0) yield KEEP_ALIVE_COMMENT;
    await pause(pollMs);
  }
}
