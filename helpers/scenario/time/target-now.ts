import { findRunFacts } from '../../target/run-facts';

/**
 * The target's time, epoch ms with microseconds: the host's clock, and what the target declares to
 * be ahead of it.
 */
export const targetNow = (): number => performance.timeOrigin + performance.now() + (findRunFacts()?.aheadMs ?? 0);
