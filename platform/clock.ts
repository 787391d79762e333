let anchor = performance.timeOrigin;

/**
 * This host's time, epoch ms with a microsecond fraction: the stamp of a process's start and end. Never more than a
 * millisecond from the system's clock, which is followed when it is set. Rows are ordered by SQL's `platform_now()`.
 */
export function hostNow(): number {
  const wall = Date.now();
  const fine = anchor + performance.now();
  if (fine >= wall && fine < wall + 1) return fine;
  anchor += (fine < wall ? wall : wall + 0.999) - fine;
  return anchor + performance.now();
}
