import type { ByteAutomaton } from './byte-automaton';

/** Where patterns were found in a stream. Positions count from its begin. */
export type OnFound = (start: number, end: number) => void;

/** Reads a stream byte by byte and finds the patterns of an automaton in it. */
export interface PatternFinder {
  /** `position`: bytes of the stream, with this one. */
  read(byte: number, position: number, onFound: OnFound): void;
  /** No pattern that is found later starts before this position. `position`: bytes read. */
  earliestStart(position: number): number;
}

export class PlainFinder implements PatternFinder {
  private node = 0;

  constructor(private readonly automaton: ByteAutomaton) {}

  read(byte: number, position: number, onFound: OnFound): void {
    const { automaton } = this;
    const node = automaton.next(this.node, byte);
    this.node = node;
    const length = automaton.matchedBytes[node]!;
    if (length > 0) onFound(position - length, position + automaton.restAfter(node));
  }

  earliestStart(position: number): number {
    return position - this.automaton.depth[this.node]!;
  }
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** Of one line break: a carriage return and a line feed. More of them end a text. */
const MAX_BREAK_BYTES = 2;

/**
 * The same for texts that programs break into lines of any length: line breaks in a pattern are
 * skipped, and belong to what is found.
 */
export class WrappedFinder implements PatternFinder {
  private node = 0;
  /** Bytes read without line breaks. */
  private readDigits = 0;
  private skipped = 0;
  private breakBytes = 0;
  /** For each skipped byte of the text that may become a pattern: how many digits precede it. */
  private breaks: number[] = [];
  /** Where the rest of a pattern ends, of which only the head is compared. */
  private restEnd = 0;

  constructor(private readonly automaton: ByteAutomaton) {}

  read(byte: number, position: number, onFound: OnFound): void {
    if (byte === LINE_FEED || byte === CARRIAGE_RETURN) this.readBreak(position, onFound);
    else this.readDigit(byte, position, onFound);
  }

  earliestStart(position: number): number {
    const depth = this.automaton.depth[this.node]!;
    return depth === 0 ? position : this.startOf(depth);
  }

  private readBreak(position: number, onFound: OnFound): void {
    if (position <= this.restEnd) onFound(position - 1, ++this.restEnd);
    this.skipped++;
    if (++this.breakBytes > MAX_BREAK_BYTES) this.node = 0;
    if (this.node === 0) this.breaks.length = 0;
    else this.breaks.push(this.readDigits);
  }

  private readDigit(byte: number, position: number, onFound: OnFound): void {
    const { automaton } = this;
    const node = automaton.next(this.node, byte);
    this.node = node;
    this.breakBytes = 0;
    this.readDigits++;
    if (this.breaks.length > 0) this.forgetBreaks(automaton.depth[node]!);
    const length = automaton.matchedBytes[node]!;
    if (length === 0) return;
    const end = position + automaton.restAfter(node);
    if (end > this.restEnd) this.restEnd = end;
    onFound(this.startOf(length), end);
  }

  /** Those before the last `depth` digits, once they are most. */
  private forgetBreaks(depth: number): void {
    if (depth === 0) this.breaks.length = 0;
    else if (this.breaks.length > 2 * (MAX_BREAK_BYTES * depth + 1))
      this.breaks = this.breaks.slice(this.firstBreakAfter(this.readDigits - depth));
  }

  /** Position of the byte that is the first of the last `length` digits. */
  private startOf(length: number): number {
    const digit = this.readDigits - length;
    return digit + this.skipped - (this.breaks.length - this.firstBreakAfter(digit));
  }

  /** Index of the first skipped byte that follows this digit. */
  private firstBreakAfter(digit: number): number {
    let low = 0;
    let high = this.breaks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.breaks[middle]! > digit) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
