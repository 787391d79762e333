import type { Logger } from 'pino';

/** Answers the doorbells of tenants. */
export interface Answering {
  ring(tenant: number): void;
  /** Nobody is answered any more; settles when those at hand are. */
  stop(): Promise<void>;
}

/**
 * One answer a tenant at a time, and one more for all that rang meanwhile: they may have come too late for it. An answer
 * that fails is left to the scheduler loop, which rings again.
 */
export function answerRings(answer: (tenant: number) => Promise<void>, log: Logger): Answering {
  const busy = new Map<number, Promise<void>>();
  const again = new Set<number>();
  let stopped = false;

  const keepAnswering = async (tenant: number): Promise<void> => {
    do {
      again.delete(tenant);
      try {
        await answer(tenant);
      } catch (error) {
        log.error({ err: error, tenant }, 'a doorbell was not answered');
        again.delete(tenant);
      }
    } while (again.has(tenant) && !stopped);
    busy.delete(tenant);
  };

  return {
    ring: (tenant) => {
      if (stopped) return;
      if (busy.has(tenant)) again.add(tenant);
      else busy.set(tenant, keepAnswering(tenant));
    },
    stop: async () => {
      stopped = true;
      await Promise.all(busy.values());
    },
  };
}
