let anchor = performance.timeOrigin;
let offsetMs = 0;
const MAX_DRIFT_MS = 2;

/**
 * This host's time, epoch ms with microseconds: for durations and the times of files. It stays
 * within MAX_DRIFT_MS of the system clock, also after that was set.
 */
export function hostNow(): number {
  const before = Date.now();
  const reading = anchor + performance.now();
  const after = Date.now(); // the process may pause between the readings: only a value outside both has drifted
  if (reading > before - MAX_DRIFT_MS && reading < after + MAX_DRIFT_MS) return reading;
  anchor += (before + after) / 2 - reading;
  return anchor + performance.now();
}

/** How far the platform's clock is ahead of the host's, ms: that of SQL's `platform_now()`. */
export function setClockOffset(ms: number): void {
  offsetMs = ms;
}

/**
 * The platform's time on this host, epoch ms with microseconds: for what is stored or sent. Rows
 * are ordered by SQL's `platform_now()`.
 */
export const platformNow = (): number => hostNow() + offsetMs;
