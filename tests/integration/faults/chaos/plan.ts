import { LEASE_MS } from '../fault-platform';
import { seededRandom } from '../history/seeded-random';

/** `kill`: SIGKILL. `stop`: SIGSTOP for longer than a lease, then SIGCONT. */
const KINDS = [
  'kill the platform',
  'kill the stack',
  'kill the executor',
  'kill a worker',
  'stop the platform',
  'stop the executor',
  'stop a worker',
  'cut a connection',
  'cut every connection',
  'kill a process of PostgreSQL',
  'restart PostgreSQL',
] as const;
export type FaultKind = (typeof KINDS)[number];

export interface PlannedFault {
  readonly kind: FaultKind;
  /** After the recovery from the fault before it, or after its start, ms. */
  readonly delayMs: number;
  /** How long a process is stopped, ms. */
  readonly stopMs: number;
  /** Selects one of several workers, connections or processes. */
  readonly pick: number;
  /** The next fault happens before the platform has recovered from this one. */
  readonly overlaps: boolean;
}

const MAX_DELAY_MS = 1_000;
const STOP_MS = { min: 2 * LEASE_MS, max: 4 * LEASE_MS };
/** One fault of so many overlaps the next one. */
const OVERLAP_EVERY = 4;

/**
 * The faults of a seed: every kind once, in another order each time. A longer plan begins with the
 * shorter one.
 */
export function planFaults(seed: number, count: number): PlannedFault[] {
  const random = seededRandom(seed);
  const plan: PlannedFault[] = [];
  while (plan.length < count) plan.push(...shuffled(random).map((kind) => planFault(kind, random)));
  return plan.slice(0, count);
}

const planFault = (kind: FaultKind, random: (limit: number) => number): PlannedFault => ({
  kind,
  delayMs: random(MAX_DELAY_MS),
  stopMs: STOP_MS.min + random(STOP_MS.max - STOP_MS.min),
  pick: random(1_000),
  overlaps: random(OVERLAP_EVERY) === 0,
});

function shuffled(random: (limit: number) => number): FaultKind[] {
  const left: FaultKind[] = [...KINDS];
  return KINDS.flatMap(() => left.splice(random(left.length), 1));
}

export const describeFault = ({ kind, stopMs, pick, overlaps }: PlannedFault): string =>
  [
    kind,
    ...(kind.startsWith('stop ') ? [`for ${stopMs} ms`] : []),
    `pick ${pick}`,
    ...(overlaps ? ['overlapping'] : []),
  ].join(', ');
