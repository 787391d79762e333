import { setImmediate } from 'node:timers/promises';

/** Other work gets its turn at least so often, ms. */
const SLICE_MS = 20;

/** Divides long work of the processor, so that requests and other tenants go on meanwhile. */
export class TimeSlices {
  private end = performance.now() + SLICE_MS;

  /** Call it between two parts of the work: lets others go on where this slice is over. */
  async giveTurn(): Promise<void> {
    if (performance.now() < this.end) return;
    await setImmediate();
    this.end = performance.now() + SLICE_MS;
  }
}
