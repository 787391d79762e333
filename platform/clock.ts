let anchor = performance.timeOrigin;
const DRIFT_MS = 2;

/**
 * This host's time, epoch ms with a microsecond fraction: the stamp of a process's start and end. Follows the system's
 * clock, also after it was set: the two are never more than DRIFT_MS apart. Rows are ordered by SQL's `platform_now()`.
 */
export function hostNow(): number {
  const before = Date.now();
  const fine = anchor + performance.now();
  const after = Date.now(); // we may have been away in between: only what lies outside both has drifted
  if (fine > before - DRIFT_MS && fine < after + DRIFT_MS) return fine;
  anchor += (before + after) / 2 - fine;
  return anchor + performance.now();
}
