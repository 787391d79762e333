interface RestartLimit {
  readonly most: number;
  readonly withinMs: number;
}

/**
 * Returns a function that counts a restart at `nowMs` and reports whether it is within the limit.
 */
export function restartLimit({ most, withinMs }: RestartLimit): (nowMs: number) => boolean {
  let recent: number[] = [];
  return (nowMs) => {
    recent = [...recent.filter((at) => nowMs - at < withinMs), nowMs];
    return recent.length <= most;
  };
}
