import { createContext, type ComponentChildren } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { Clock } from '../../contract/clock';
import { get } from './api';
import { useCaller } from './caller';
import { useResource } from './resource';
import { mayDo } from './session';

const TICK_MS = 1_000;

const NowContext = createContext(0);

/** The time of the tenant, epoch ms, at each second. It is that of the browser on a real clock. */
export const useNow = (): number => useContext(NowContext);

interface Reading {
  readonly clock: Clock;
  /** Of the browser when the clock was read, epoch ms. */
  readonly at: number;
}

/**
 * Ticks for all parts of the page. A virtual clock is read by a caller who may move it, and again
 * after what a move causes.
 */
export function WithPlatformClock({ children }: { readonly children: ComponentChildren }) {
  const { user, capabilities } = useCaller();
  const isVirtual = capabilities !== null && 'clock.virtual' in capabilities && mayDo(user, 'clock', 'move');
  const { value: reading } = useResource(
    `clock ${isVirtual}`,
    { types: isVirtual ? ['execution', 'event', 'inquiry'] : [] },
    async (signal): Promise<Reading | null> =>
      isVirtual ? { clock: await get<Clock>('/api/v1/clock', { signal }), at: Date.now() } : null,
  );
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), TICK_MS);
    return () => window.clearInterval(timer);
  }, []);
  return <NowContext.Provider value={tenantTime(reading ?? null, now)}>{children}</NowContext.Provider>;
}

function tenantTime(reading: Reading | null, now: number): number {
  if (reading === null) return now;
  const shown = Date.parse(reading.clock.now);
  return reading.clock.mode === 'pinned' ? shown : shown + now - reading.at;
}
