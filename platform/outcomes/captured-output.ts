import { lastLines } from '../files/last-lines';

export const TAIL_BYTES = 32 * 1_024;
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

/** The bytes of which a tail can consist. */
export const lastBytes = (bytes: Buffer): Buffer => bytes.subarray(Math.max(0, bytes.length - TAIL_BYTES));

/** The last 50 lines, within the last 32 KiB. */
export const tailOf = (bytes: Buffer): string => lastLines(storableText(lastBytes(bytes)), TAIL_LINES);
