import type { ReplayDivergence, ReplayedStep, ReplayOutcome } from '../../../../contract/workflows/replay';
import type { RecordedStep } from './record';

/** A divergence, and its place among the recorded steps: the id of its own, or after the last. */
export interface PlacedDivergence {
  readonly place: number;
  readonly divergence: ReplayDivergence;
}

/** A step that was dispatched again. */
export interface ReplayedPlace {
  readonly place: number;
  readonly step: ReplayedStep;
  /** A secret of it was not compared. */
  readonly hasSecret: boolean;
}

/** What a replay found. */
export interface Findings {
  readonly replayed: readonly ReplayedPlace[];
  /** In order of their dispatch. */
  readonly divergences: readonly PlacedDivergence[];
  /** Recorded steps that it did not dispatch. */
  readonly unreached: readonly RecordedStep[];
  /** The task after which a secret decided; null: at the start; absent: none decided. */
  readonly stoppedAfter?: string | null;
}

export const stepOf = ({ task, index, round, retry }: ReplayedStep): ReplayedStep => ({
  task,
  index,
  round,
  retry,
});

/**
 * The first divergence, in the order of the recorded steps: a recorded step that was not reached
 * is one, unless the replay could not go on.
 */
export function outcomeOf({ replayed, divergences, unreached, stoppedAfter }: Findings): ReplayOutcome {
  const isStopped = stoppedAfter !== undefined;
  const missing = isStopped ? [] : unreached.map(notReached);
  const first = [...divergences, ...missing].sort((a, b) => a.place - b.place)[0] ?? null;
  const before = replayed.filter(({ place }) => first === null || place < first.place);
  const steps = (hasSecret: boolean) =>
    before.filter((one) => one.hasSecret === hasSecret).map(({ step }) => stepOf(step));
  const [compared, notCompared] = [steps(false), steps(true)];
  const isProven = !isStopped && (compared.length > 0 || notCompared.length === 0);
  return {
    verdict: first !== null ? 'diverged' : isProven ? 'same' : 'not_compared',
    divergence: first?.divergence ?? null,
    compared,
    not_compared: notCompared,
    ...(isStopped && { stopped_after: stoppedAfter }),
  };
}

const notReached = (step: RecordedStep): PlacedDivergence => ({
  place: step.id,
  divergence: { kind: 'step_not_reached', ...stepOf(step), pointer: '' },
});
