import { mapConcurrently } from '../../in-parallel';
import { cancelAndWait } from '../../scenario/cancel-execution';
import { createCleanup, type Cleanup } from '../../scenario/cleanup';
import { openLedger } from '../../scenario/ledger';
import type { ProbeContext, ProbePacks, ProbeTarget } from './probe-context';
import type { RunMeasurement } from './run-latency';

/** Latency of a shell action on an idle host, ms. */
const UNLOADED_LATENCY_MS = 150;
const DEFAULT_WAIT_MS = 8_000;
/** Waits are at most this multiple of those on an idle target. */
const MAX_WAIT_FACTOR = 3;
const CANCELLATIONS = 8;

/** Until the target is measured. */
const UNMEASURED: RunMeasurement = { runMs: UNLOADED_LATENCY_MS, responseMs: 0, clockOffsetMs: 0 };
/** A wait allows for these responses besides what it waits for. */
const RESPONSES = 3;

/** A context of probes, and its releases: the executions end first. */
export interface OpenProbeContext {
  readonly context: ProbeContext;
  readonly cleanup: Pick<Cleanup, 'run'>;
}

/** The target's load relative to an idle host. */
export const loadFactorOf = (runMs: number): number => Math.max(1, runMs / UNLOADED_LATENCY_MS);

/** `patience`: how much longer than usual its probes wait. */
export function openProbeContext(
  target: ProbeTarget,
  packs: ProbePacks,
  { runMs, responseMs, clockOffsetMs }: RunMeasurement = UNMEASURED,
  patience = 1,
): OpenProbeContext {
  const { defer, run } = createCleanup();
  const running = new Set<number>();
  const made = new Map<string, Promise<unknown>>();
  const factor = Math.min(MAX_WAIT_FACTOR, loadFactorOf(runMs)) * patience;
  const shared = <T>(name: string, make: () => Promise<T>): Promise<T> => {
    const known = made.get(name) ?? make();
    made.set(name, known);
    return known as Promise<T>;
  };
  const context: ProbeContext = {
    ...target,
    ...packs,
    clockOffsetMs,
    running,
    defer,
    shared,
    ledger: openLedger(target.directory, 'probe'),
    deadline: (ms = DEFAULT_WAIT_MS) => performance.now() + ms * factor + RESPONSES * responseMs,
  };
  const cancelRunning = async (): Promise<unknown[]> => {
    const errors = await mapConcurrently([...running], CANCELLATIONS, (id) =>
      cancelAndWait(target.client, id).then(
        () => null,
        (error: unknown) => error,
      ),
    );
    return errors.filter((error) => error !== null);
  };
  return { context, cleanup: { run: async () => [...(await cancelRunning()), ...(await run())] } };
}
