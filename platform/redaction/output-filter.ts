import { MaskingStream } from '../core/secrets/masking-stream';
import type { PatternFinder } from '../core/secrets/pattern-finder';
import { guardRedaction } from './redaction-fault';

/** Masks secrets in a byte stream. */
export interface OutputFilter {
  /** Throws RedactionFault. */
  push(bytes: Buffer): Buffer;
  /** The held-back end of the stream. Throws RedactionFault. */
  end(): Buffer;
}

export const PASS_THROUGH: OutputFilter = { push: (bytes) => bytes, end: () => Buffer.alloc(0) };

/** Replaces each printed secret. */
export const MASK = '***';
const MASK_BYTES = Buffer.from(MASK);

/** Masks what the finders find, also when it is split between chunks. */
export function createMaskingFilter(finders: readonly PatternFinder[], onMask: () => void): OutputFilter {
  const stream = new MaskingStream(finders, MASK_BYTES, onMask);
  return {
    push: (bytes) => guardRedaction(() => Buffer.concat(stream.push(bytes))),
    end: () => guardRedaction(() => Buffer.concat(stream.end())),
  };
}
