import type { Readable } from 'node:stream';
import type { Filter } from './redact';

/** Kept free below the limit, so that text and notice together never pass it. */
const RESERVE_BYTES = 128;
const TAIL_BYTES = 32 * 1_024;
const TAIL_LINES = 50;

/** What one output stream said. */
export interface Captured {
  /** The first bytes, exactly, up to the limit. */
  readonly head: Buffer;
  /** Bytes that came after the limit and were read and dropped. */
  readonly droppedBytes: number;
  /** The last 50 lines of all that was said, within its last 32 KiB. */
  readonly tail: string;
}

/** Bytes as text that PostgreSQL stores: what is not UTF-8, and NUL, become U+FFFD. */
export const storable = (bytes: Buffer): string => bytes.toString('utf8').replaceAll('\0', '\uFFFD');

/** A stream that said this and nothing else. */
export const captured = (text: string): Captured => {
  const head = Buffer.from(text);
  return { head, droppedBytes: 0, tail: tailOf(head) };
};

/** Told of every byte that is kept, in order and as soon as it is: what is shown while the program runs. */
export type Keep = (kept: Buffer) => void;

/**
 * Reads a stream to its end through the filter, keeps the first `limitBytes` (less a reserve) of what that says, drops the
 * rest. Errors only end it. Nothing is heard once the answer was asked for.
 */
export function capture(stream: Readable, limitBytes: number, keep?: Keep, filter?: Filter): () => Captured {
  const chunks: Buffer[] = [];
  let room = Math.max(0, limitBytes - RESERVE_BYTES);
  let droppedBytes = 0;
  let last: Buffer = Buffer.alloc(0);
  stream.on('error', () => undefined); // a pipe whose other end was killed: what was read so far stands
  const take = (chunk: Buffer) => {
    const kept = chunk.subarray(0, room);
    if (kept.length > 0) {
      chunks.push(kept);
      keep?.(kept);
    }
    room -= kept.length;
    if (kept.length === chunk.length) return;
    const dropped = chunk.subarray(kept.length);
    droppedBytes += dropped.length;
    last = lastBytes(dropped.length >= TAIL_BYTES ? dropped : Buffer.concat([last, dropped]));
  };
  const hear = (chunk: Buffer) => take(filter ? filter.push(chunk) : chunk);
  stream.on('data', hear);
  return () => {
    stream.off('data', hear);
    if (filter) take(filter.end());
    const head = Buffer.concat(chunks);
    return { head, droppedBytes, tail: tailOf(Buffer.concat([lastBytes(head), last])) };
  };
}

const lastBytes = (bytes: Buffer): Buffer => bytes.subarray(Math.max(0, bytes.length - TAIL_BYTES));

function tailOf(bytes: Buffer): string {
  const text = storable(lastBytes(bytes));
  const ended = text.endsWith('\n');
  const lines = (ended ? text.slice(0, -1) : text).split('\n').slice(-TAIL_LINES);
  return lines.join('\n') + (ended ? '\n' : '');
}
