import type { PatternFinder } from './pattern-finder';

/** Consecutive bytes that one mask replaces. Positions count from the begin of the stream. */
interface MaskedRun {
  start: number;
  end: number;
  isWritten: boolean;
}

/**
 * Replaces what the finders find in a stream: at each place the longest, overlapping ones together
 * by one mask. The result does not depend on how the stream is divided. Bytes that may begin a
 * pattern are held back: at most the longest head, and the line breaks in it.
 */
export class MaskingStream {
  private readonly queue = new ByteQueue();
  /** Disjoint and in order. Only the first may be written already. */
  private runs: MaskedRun[] = [];
  /** Bytes received. */
  private position = 0;
  /** Bytes of the input that were returned or masked. */
  private passed = 0;

  /** `onMask` is called for each mask that is written. */
  constructor(
    private readonly finders: readonly PatternFinder[],
    private readonly mask: Uint8Array,
    private readonly onMask: () => void,
  ) {}

  /** The part of the stream that no later byte can change, in pieces. */
  push(bytes: Uint8Array): Uint8Array[] {
    this.queue.append(bytes);
    this.findRuns(bytes);
    return this.passUntil(Math.min(...this.finders.map((finder) => finder.earliestStart(this.position))));
  }

  /** The rest of the stream, in pieces. */
  end(): Uint8Array[] {
    return this.passUntil(this.position);
  }

  private findRuns(bytes: Uint8Array): void {
    const { finders, onFound } = this;
    let { position } = this;
    for (let index = 0; index < bytes.length; index++) {
      position++;
      for (let finder = 0; finder < finders.length; finder++) finders[finder]!.read(bytes[index]!, position, onFound);
    }
    this.position = position;
  }

  private readonly onFound = (start: number, end: number) => this.addRun(start, end);

  /** Merges it with the runs that it overlaps. One that only touches it stays apart. */
  private addRun(start: number, end: number): void {
    const { runs } = this;
    let last = runs.length - 1;
    while (last > 0 && runs[last - 1]!.end > start) last--;
    const first = runs[last];
    if (first === undefined || first.end <= start) {
      runs.push({ start, end, isWritten: false });
      return;
    }
    const lastEnd = runs[runs.length - 1]!.end;
    if (start < first.start) first.start = start;
    first.end = end > lastEnd ? end : lastEnd;
    runs.length = last + 1;
  }

  /** No later run starts before `limit`. A run that reaches beyond it may still grow. */
  private passUntil(limit: number): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    let passedRuns = 0;
    for (const run of this.runs) {
      if (run.start >= limit) break;
      if (run.start > this.passed) pieces.push(this.take(run.start));
      if (!run.isWritten) pieces.push(this.mask);
      if (!run.isWritten) this.onMask();
      run.isWritten = true;
      this.drop(Math.min(run.end, limit));
      if (run.end > limit) break;
      passedRuns++;
    }
    this.runs.splice(0, passedRuns);
    if (limit > this.passed) pieces.push(this.take(limit));
    return pieces;
  }

  private take(until: number): Uint8Array {
    const count = until - this.passed;
    this.passed = until;
    return this.queue.take(count);
  }

  private drop(until: number): void {
    this.queue.drop(until - this.passed);
    this.passed = until;
  }
}

/** Bytes in the order in which they were appended; each is copied a bounded number of times. */
class ByteQueue {
  private buffer = new Uint8Array(0);
  private start = 0;
  private end = 0;

  append(bytes: Uint8Array): void {
    if (this.end + bytes.length > this.buffer.length) this.makeRoom(bytes.length);
    this.buffer.set(bytes, this.end);
    this.end += bytes.length;
  }

  /** Removes the first bytes and returns a copy of them. */
  take(count: number): Uint8Array {
    const taken = this.buffer.slice(this.start, this.start + count);
    this.drop(count);
    return taken;
  }

  drop(count: number): void {
    this.start += count;
    if (this.start === this.end) this.start = this.end = 0;
  }

  /** Moves the bytes to the front, of a buffer of twice the size unless half of it is free. */
  private makeRoom(count: number): void {
    const kept = this.buffer.subarray(this.start, this.end);
    const needed = 2 * (kept.length + count);
    const buffer = needed > this.buffer.length ? new Uint8Array(needed) : this.buffer;
    buffer.set(kept);
    this.buffer = buffer;
    this.end = kept.length;
    this.start = 0;
  }
}
