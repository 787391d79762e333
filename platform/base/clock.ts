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

/** How far the platform's clocks are ahead of the host's, ms: as SQL's `liveness_now()`. */
export function setClockOffset(ms: number): void {
  offsetMs = ms;
}

/**
 * Liveness time on this host, epoch ms with microseconds: for what keeps the platform alive and is
 * an instant. Within one process, `performance.now()` measures it.
 */
export const livenessNow = (): number => hostNow() + offsetMs;
