import type { ByteAutomaton } from '../../core/secrets/byte-automaton';
import { MaskingStream } from '../../core/secrets/masking-stream';
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

/** Masks what the automaton finds, also when it is split between chunks. */
export function createMaskingFilter(automaton: ByteAutomaton, onMask: () => void): OutputFilter {
  const stream = new MaskingStream(automaton, MASK_BYTES, onMask);
  return {
    push: (bytes) => guardRedaction(() => Buffer.concat(stream.push(bytes))),
    end: () => guardRedaction(() => Buffer.concat(stream.end())),
  };
}
