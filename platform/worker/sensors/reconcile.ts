/** A sensor that should run, as the database has it. */
export interface DesiredSensor {
  readonly sensor: number;
  /** Changes with all that its process is started from: then the process is replaced. */
  readonly fingerprint: string;
  /** When it may be started, ms from now; 0 or less: at once. */
  readonly startInMs: number;
  /** The worker that holds its lease, and under which token; null: none. */
  readonly holder: number | null;
  readonly fencingToken: number | null;
  /** This worker has its runtime and its labels, and no taint against it. */
  readonly isRunnableHere: boolean;
}

/** A sensor process of this worker. */
export interface RunningSensor {
  readonly sensor: number;
  readonly fingerprint: string;
  readonly fencingToken: number;
  readonly ageMs: number;
  /** Its stop was requested. */
  readonly isStopping: boolean;
}

interface ReconcilingWorker {
  readonly worker: number;
  /** False: no sensor is started; those that run go on. */
  readonly acceptsWork: boolean;
}

export type StopReason = 'not-needed' | 'misplaced' | 'changed' | 'token-expiring' | 'lease-lost';

export type ReconcileAction =
  | { readonly type: 'start'; readonly sensor: number }
  | { readonly type: 'stop'; readonly sensor: number; readonly reason: StopReason };

/** A process is replaced an hour before its token expires, after 24 hours. */
export const MAX_PROCESS_AGE_MS = 23 * 3_600_000;

/**
 * What to start and stop, so that the sensors that run here are those that should. A process to be
 * replaced is stopped first; the next reconciliation, after its end, starts it again.
 */
export function planReconciliation(
  desired: readonly DesiredSensor[],
  running: readonly RunningSensor[],
  self: ReconcilingWorker,
): ReconcileAction[] {
  const byId = new Map(desired.map((entry) => [entry.sensor, entry]));
  const runningIds = new Set(running.map(({ sensor }) => sensor));
  const stops = running.flatMap((entry): ReconcileAction[] => {
    const reason = entry.isStopping ? null : stopReason(byId.get(entry.sensor), entry, self);
    return reason === null ? [] : [{ type: 'stop', sensor: entry.sensor, reason }];
  });
  const starts = desired.filter((entry) => !runningIds.has(entry.sensor) && canStart(entry, self));
  return [...stops, ...starts.map(({ sensor }): ReconcileAction => ({ type: 'start', sensor }))];
}

function stopReason(
  desired: DesiredSensor | undefined,
  running: RunningSensor,
  self: ReconcilingWorker,
): StopReason | null {
  if (!desired) return 'not-needed';
  if (desired.holder !== self.worker || desired.fencingToken !== running.fencingToken) return 'lease-lost';
  if (!desired.isRunnableHere) return 'misplaced';
  if (desired.fingerprint !== running.fingerprint) return 'changed';
  return running.ageMs >= MAX_PROCESS_AGE_MS ? 'token-expiring' : null;
}

const canStart = ({ isRunnableHere, startInMs, holder }: DesiredSensor, self: ReconcilingWorker): boolean =>
  self.acceptsWork && isRunnableHere && startInMs <= 0 && (holder === null || holder === self.worker);

/** Time until the next start, ms; null: no start is planned. */
export function nextStartInMs(desired: readonly DesiredSensor[]): number | null {
  const delays = desired
    .filter(({ startInMs, isRunnableHere }) => isRunnableHere && startInMs > 0)
    .map(({ startInMs }) => startInMs);
  return delays.length === 0 ? null : Math.min(...delays);
}
