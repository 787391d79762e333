import { ByteAutomaton, type BytePattern } from './byte-automaton';

/** Limits of the heads of a set of patterns, bytes. */
export interface PatternLimits {
  /** Of all heads together. */
  readonly totalBytes: number;
  /** Patterns are not cut to heads below this length: those would match what is not secret. */
  readonly minHeadBytes: number;
}

/** Longest head that an automaton accepts. */
const MAX_HEAD_BYTES = 65_535;
/** Heads are cut again when they have grown to this multiple of the limit. */
const EXCESS = 4;

/** The patterns exceed the limits, even if each is cut to the shortest head. */
export class TooManyPatterns extends Error {
  constructor() {
    super('there are too many patterns');
    this.name = 'TooManyPatterns';
  }
}

/**
 * Patterns within limits of memory. Those that do not fit are cut to heads of one length, the
 * longest possible. After a head, as many bytes match as its pattern is longer, whatever they are.
 */
export class PatternSet {
  private patterns: BytePattern[] = [];
  private headLimit = MAX_HEAD_BYTES;
  private heldBytes = 0;
  private leastBytes = 0;

  constructor(private readonly limits: PatternLimits) {}

  /**
   * `bytes`: of a pattern of `length` bytes, all or at least the longest head. Throws
   * TooManyPatterns.
   */
  add(bytes: Uint8Array, length = bytes.length): void {
    const { totalBytes, minHeadBytes } = this.limits;
    this.leastBytes += Math.min(bytes.length, minHeadBytes);
    if (this.leastBytes > totalBytes) throw new TooManyPatterns();
    const head = bytes.slice(0, this.headLimit);
    this.patterns.push({ head, length });
    this.heldBytes += head.length;
    if (this.heldBytes > EXCESS * totalBytes) this.cutHeads();
  }

  buildAutomaton(): ByteAutomaton {
    this.patterns = withoutDuplicates(this.patterns);
    this.cutHeads();
    return new ByteAutomaton(this.patterns);
  }

  /** All heads that are shorter than their patterns then have the same length. */
  private cutHeads(): void {
    const lengths = this.patterns.map(({ head }) => head.length);
    this.headLimit = Math.min(this.headLimit, longestCommonLimit(lengths, this.limits.totalBytes));
    this.patterns = this.patterns.map(({ head, length }) => ({ head: head.slice(0, this.headLimit), length }));
    this.heldBytes = this.patterns.reduce((sum, { head }) => sum + head.length, 0);
  }
}

/** In the order of their heads; of equal heads only the longest pattern. */
function withoutDuplicates(patterns: readonly BytePattern[]): BytePattern[] {
  const sorted = [...patterns].sort((a, b) => compareBytes(a.head, b.head) || b.length - a.length);
  return sorted.filter(({ head }, index) => index === 0 || compareBytes(sorted[index - 1]!.head, head) !== 0);
}

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const common = Math.min(left.length, right.length);
  for (let index = 0; index < common; index++) {
    if (left[index] !== right[index]) return left[index]! - right[index]!;
  }
  return left.length - right.length;
}

/** The largest length to which texts of these lengths are cut so that they fit together. */
function longestCommonLimit(lengths: readonly number[], totalBytes: number): number {
  const sorted = [...lengths].sort((a, b) => a - b);
  let remaining = totalBytes;
  for (const [index, length] of sorted.entries()) {
    const share = Math.floor(remaining / (sorted.length - index));
    if (length > share) return share;
    remaining -= length;
  }
  return MAX_HEAD_BYTES;
}
