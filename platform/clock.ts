let anchor = performance.timeOrigin;
const DRIFT_MS = 2;

/**
 * This host's time, epoch ms with a microsecond fraction: the stamp of a process's start and end. Follows the system's
 * clock, also after it was set: the two are never more than DRIFT_MS apart. Rows are ordered by SQL's `platform_now()`.
 */
export function hostNow(): number {
  const fine = anchor + performance.now();
  const ahead = fine - Date.now();
  if (ahead > -DRIFT_MS && ahead < DRIFT_MS) return fine;
  anchor -= ahead;
  return anchor + performance.now();
}
