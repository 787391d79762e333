let anchor = performance.timeOrigin;
const MAX_DRIFT_MS = 2;

/**
 * This host's time, epoch ms with microseconds: for the start and end of processes. It stays
 * within MAX_DRIFT_MS of the system clock, also after that was set. Rows are ordered by SQL's
 * `platform_now()`.
 */
export function hostNow(): number {
  const before = Date.now();
  const reading = anchor + performance.now();
  const after = Date.now(); // the process may pause between the readings: only a value outside both has drifted
  if (reading > before - MAX_DRIFT_MS && reading < after + MAX_DRIFT_MS) return reading;
  anchor += (before + after) / 2 - reading;
  return anchor + performance.now();
}
