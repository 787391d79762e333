/** A text to find in bytes: its beginning, and the length of all of it. */
export interface BytePattern {
  readonly head: Uint8Array;
  /** That of `head`, or more where only the beginning is compared. */
  readonly length: number;
}

/**
 * Finds many byte strings at once, in time linear in the text (Aho-Corasick). A node is a common
 * beginning of patterns, numbered in breadth-first order; node 0 is the empty one. 13 bytes a
 * node, and at most one node per byte of the patterns.
 */
export class ByteAutomaton {
  /** By node: number of bytes since its beginning. */
  readonly depth: Uint16Array;
  /** By node: length of the longest head that ends here; 0: none does. */
  readonly matchedBytes: Uint16Array;
  /** By node: the last byte. */
  private readonly label: Uint8Array;
  /** By node: its children are numbered from here to the first child of the next node. */
  private readonly firstChild: Int32Array;
  /** By node: the longest other node that ends with the same bytes. */
  private readonly fallback: Int32Array;
  private readonly rootChild = new Int32Array(256);
  /** By node with a head that is shorter than its pattern: the bytes after the head. */
  private readonly restBytes = new Map<number, number>();

  /** `patterns`: in the order of their heads, each at most 65,535 bytes. */
  constructor(private readonly patterns: readonly BytePattern[]) {
    const capacity = patterns.reduce((sum, { head }) => sum + head.length, 1);
    this.depth = new Uint16Array(capacity);
    this.matchedBytes = new Uint16Array(capacity);
    this.label = new Uint8Array(capacity);
    this.firstChild = new Int32Array(capacity + 1);
    this.fallback = new Int32Array(capacity);
    this.build(capacity);
  }

  /** The node after one more byte. */
  next(from: number, byte: number): number {
    for (let node = from; node !== 0; node = this.fallback[node]!) {
      const child = this.childOf(node, byte);
      if (child !== 0) return child;
    }
    return this.rootChild[byte]!;
  }

  /** Bytes that follow the longest head that ends at this node, for its longest pattern. */
  restAfter(node: number): number {
    return this.restBytes.get(node) ?? 0;
  }

  private childOf(node: number, byte: number): number {
    let low = this.firstChild[node]!;
    let high = this.firstChild[node + 1]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const label = this.label[middle]!;
      if (label === byte) return middle;
      if (label < byte) low = middle + 1;
      else high = middle;
    }
    return 0;
  }

  /** Each node stands for a range of the sorted patterns: those that begin with it. */
  private build(capacity: number): void {
    const rangeStart = new Int32Array(capacity);
    const rangeEnd = new Int32Array(capacity);
    rangeEnd[0] = this.patterns.length;
    let count = 1;
    for (let node = 0; node < count; node++) {
      this.firstChild[node] = count;
      const end = rangeEnd[node]!;
      let start = this.endPatterns(node, rangeStart[node]!, end);
      while (start < end) {
        const byte = this.patterns[start]!.head[this.depth[node]!]!;
        const childEnd = this.rangeEndOf(start, end, this.depth[node]!);
        this.addChild(node, count, byte);
        rangeStart[count] = start;
        rangeEnd[count] = childEnd;
        count++;
        start = childEnd;
      }
    }
    this.firstChild[count] = count;
  }

  /** Records the patterns of a range that end at the node; returns the first that continues. */
  private endPatterns(node: number, start: number, end: number): number {
    const depth = this.depth[node]!;
    let position = start;
    let rest = 0;
    for (; position < end && this.patterns[position]!.head.length === depth; position++)
      rest = Math.max(rest, this.patterns[position]!.length - depth);
    this.matchedBytes[node] = position > start ? depth : this.matchedBytes[this.fallback[node]!]!;
    if (rest > 0) this.restBytes.set(node, rest);
    return position;
  }

  /** End of the patterns from `start` on that have the same byte at `depth`. */
  private rangeEndOf(start: number, end: number, depth: number): number {
    const byte = this.patterns[start]!.head[depth];
    let position = start + 1;
    while (position < end && this.patterns[position]!.head[depth] === byte) position++;
    return position;
  }

  private addChild(parent: number, node: number, byte: number): void {
    this.label[node] = byte;
    this.depth[node] = this.depth[parent]! + 1;
    if (parent === 0) this.rootChild[byte] = node;
    else this.fallback[node] = this.next(this.fallback[parent]!, byte);
  }
}
