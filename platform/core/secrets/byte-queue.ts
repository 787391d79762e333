/** Bytes in the order in which they were appended; each is copied a bounded number of times. */
export class ByteQueue {
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
