/** A sensor that is to run, as the database says now. */
export interface Wanted {
  readonly sensor: number;
  /** All that its process was told at its start: another one needs another process. */
  readonly fingerprint: string;
  /** It is not started again before, ms from now; 0 or less: at once. */
  readonly dueMs: number;
  /** The worker that holds the right to run it, and under which token; null: nobody. */
  readonly holder: number | null;
  readonly fencingToken: number | null;
  /** This worker's host has what it takes. */
  readonly fits: boolean;
}

/** A process of ours. */
export interface Running {
  readonly sensor: number;
  readonly fingerprint: string;
  readonly fencingToken: number;
  readonly ageMs: number;
  /** It was asked to stop. */
  readonly isEnding: boolean;
}

export interface Self {
  readonly worker: number;
  /** False: what runs goes on, and nothing is begun. */
  readonly takesWork: boolean;
}

export type StopReason = 'not-wanted' | 'changed' | 'token-spent' | 'lease-lost';

export type Step =
  | { readonly do: 'start'; readonly sensor: number }
  | { readonly do: 'stop'; readonly sensor: number; readonly why: StopReason };

/** A process is replaced before its token ends: an hour before, of 24. */
export const LONGEST_LIFE_MS = 23 * 3_600_000;

/**
 * What is to be done for what runs here to be what should. A process that must be another one is stopped first; the next
 * decision, after its end, starts it again.
 */
export function decide(wanted: readonly Wanted[], running: readonly Running[], self: Self): Step[] {
  const byId = new Map(wanted.map((one) => [one.sensor, one]));
  const ours = new Set(running.map(({ sensor }) => sensor));
  const stops = running.flatMap((one): Step[] => {
    const why = one.isEnding ? null : whyStop(byId.get(one.sensor), one, self);
    return why === null ? [] : [{ do: 'stop', sensor: one.sensor, why }];
  });
  const starts = wanted.filter((one) => !ours.has(one.sensor) && mayStart(one, self));
  return [...stops, ...starts.map(({ sensor }): Step => ({ do: 'start', sensor }))];
}

function whyStop(wanted: Wanted | undefined, running: Running, self: Self): StopReason | null {
  if (!wanted) return 'not-wanted';
  if (wanted.holder !== self.worker || wanted.fencingToken !== running.fencingToken) return 'lease-lost';
  if (wanted.fingerprint !== running.fingerprint) return 'changed';
  return running.ageMs >= LONGEST_LIFE_MS ? 'token-spent' : null;
}

const mayStart = ({ fits, dueMs, holder }: Wanted, self: Self): boolean =>
  self.takesWork && fits && dueMs <= 0 && (holder === null || holder === self.worker);

/** How long until the next start may be due, ms; null: nothing waits for the clock. */
export function nextDueMs(wanted: readonly Wanted[]): number | null {
  const waiting = wanted.filter(({ dueMs, fits }) => fits && dueMs > 0).map(({ dueMs }) => dueMs);
  return waiting.length === 0 ? null : Math.min(...waiting);
}
