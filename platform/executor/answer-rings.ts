import type { Logger } from 'pino';

/** Answers doorbells, each known by what it carries. */
export interface Answering {
  ring(carried: string): void;
  /** Nobody is answered any more; settles when those at hand are. */
  stop(): Promise<void>;
}

/**
 * At most `most` at once, those that ring first first; one answer at a time to the same ring, and one more for all that
 * rang so meanwhile: they may have come too late for it. An answer that fails is left to the scheduler loop, which rings again.
 */
export function answerRings(answer: (carried: string) => Promise<void>, most: number, log: Logger): Answering {
  const waiting = new Set<string>();
  const busy = new Map<string, Promise<void>>();

  const next = () => {
    for (const carried of waiting) {
      if (busy.size >= most) return;
      if (busy.has(carried)) continue;
      waiting.delete(carried);
      busy.set(carried, answered(carried));
    }
  };

  const answered = async (carried: string) => {
    const done = (async () => answer(carried))(); // one that throws at once is an answer that fails, too
    try {
      await done;
    } catch (error) {
      log.error({ err: error, carried }, 'a doorbell was not answered');
    }
    busy.delete(carried);
    next();
  };

  let stopped = false;
  return {
    ring: (carried) => {
      if (stopped) return;
      waiting.add(carried);
      next();
    },
    stop: async () => {
      stopped = true;
      waiting.clear();
      await Promise.all(busy.values());
    },
  };
}
