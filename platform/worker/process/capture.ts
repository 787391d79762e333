import type { Readable } from 'node:stream';
import { lastLines } from '../../log-files/last-lines';
import { PASS_THROUGH, type OutputFilter } from '../redaction/output-filter';

/** Reserved below the limit, so that text and truncation notice together stay within it. */
const RESERVE_BYTES = 128;
const TAIL_BYTES = 32 * 1_024;
const TAIL_LINES = 50;

/** The output of one stream. */
export interface CapturedOutput {
  /** The first bytes, unchanged, up to the limit. */
  readonly head: Buffer;
  /** Bytes after the limit, which were read and dropped. */
  readonly droppedBytes: number;
  /** The last 50 lines of the whole output, within its last 32 KiB. */
  readonly tail: string;
}

/** Bytes as text that PostgreSQL can store: invalid UTF-8 and NUL become U+FFFD. */
export const storableText = (bytes: Buffer): string => bytes.toString('utf8').replaceAll('\0', '\uFFFD');

/** The output of a stream that contains exactly this text. */
export const capturedText = (text: string): CapturedOutput => {
  const head = Buffer.from(text);
  return { head, droppedBytes: 0, tail: tailOf(head) };
};

/** Receives every captured byte in order, as soon as it is read. */
export type OnOutput = (kept: Buffer) => void;

interface CaptureOptions {
  readonly limitBytes: number;
  readonly onOutput?: OnOutput | undefined;
  readonly filter?: OutputFilter | undefined;
  /** Receives an error of the filter or of `onOutput`; nothing is kept after it. */
  readonly onFault: (fault: unknown) => void;
}

/**
 * Reads a stream through the filter, keeps the first `limitBytes` (less a reserve) of the filtered
 * output and drops the rest. A stream error ends the capture. The returned function ends it too.
 */
export function capture(
  stream: Readable,
  { limitBytes, onOutput, filter = PASS_THROUGH, onFault }: CaptureOptions,
): () => CapturedOutput {
  const chunks: Buffer[] = [];
  let remainingBytes = Math.max(0, limitBytes - RESERVE_BYTES);
  let droppedBytes = 0;
  let droppedTail: Buffer = Buffer.alloc(0);
  stream.on('error', () => undefined); // the other end was killed: what was read so far is kept
  const append = (chunk: Buffer) => {
    const kept = chunk.subarray(0, remainingBytes);
    if (kept.length > 0) {
      chunks.push(kept);
      onOutput?.(kept);
    }
    remainingBytes -= kept.length;
    if (kept.length === chunk.length) return;
    const dropped = chunk.subarray(kept.length);
    droppedBytes += dropped.length;
    droppedTail = lastBytes(dropped.length >= TAIL_BYTES ? dropped : Buffer.concat([droppedTail, dropped]));
  };
  let hasFault = false;
  const appendFiltered = (read: () => Buffer) => {
    if (hasFault) return;
    try {
      append(read());
    } catch (fault) {
      hasFault = true;
      onFault(fault);
    }
  };
  const onData = (chunk: Buffer) => appendFiltered(() => filter.push(chunk));
  stream.on('data', onData);
  return () => {
    stream.off('data', onData);
    appendFiltered(() => filter.end());
    const head = Buffer.concat(chunks);
    return { head, droppedBytes, tail: tailOf(Buffer.concat([lastBytes(head), droppedTail])) };
  };
}

const lastBytes = (bytes: Buffer): Buffer => bytes.subarray(Math.max(0, bytes.length - TAIL_BYTES));

const tailOf = (bytes: Buffer): string => lastLines(storableText(lastBytes(bytes)), TAIL_LINES);
