import { hostNow } from '../clock';

/** Node's timers overflow beyond. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** Acts once, at the instant (epoch ms) or at once where it has passed; the answer calls it off. */
export function atInstant(instant: number, act: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    const left = instant - hostNow();
    if (left <= 0) return act();
    timer = setTimeout(wait, Math.min(left, LONGEST_TIMER_MS));
    timer.unref();
  };
  wait();
  return () => clearTimeout(timer);
}
