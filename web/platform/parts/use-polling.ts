import { useEffect } from 'preact/hooks';

/** Loads again after each time, ms, while the page is visible: for what has no notification. */
export function usePolling(isNeeded: boolean, reload: () => void, everyMs: number): void {
  useEffect(() => {
    if (!isNeeded) return undefined;
    const timer = window.setInterval(() => document.visibilityState === 'visible' && reload(), everyMs);
    return () => window.clearInterval(timer);
  }, [isNeeded, reload, everyMs]);
}
