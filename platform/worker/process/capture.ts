import type { Readable } from 'node:stream';
import { lastBytes, TAIL_BYTES, tailOf, type CapturedOutput } from '../../outcomes/captured-output';
import { PASS_THROUGH, type OutputFilter } from '../../redaction/output-filter';

/** Reserved below the limit, so that text and truncation notice together stay within it. */
const RESERVE_BYTES = 128;

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
