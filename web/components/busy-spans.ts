import type { NodeModel } from '../../helpers/run-report/run-model';
import type { Span } from './time-scale';

/** Waits for a person, without a process. */
const INQUIRY = 'core.ask';

/**
 * When something happened: while a program ran, and at each instant at which an execution came to
 * be, started or ended. A workflow is busy while a part of it is. What has not ended lasts until
 * `now`, epoch ms; null: it has no end.
 */
export const busySpans = (nodes: readonly NodeModel[], now: number | null = null): Span[] =>
  nodes.flatMap((node, n) => {
    const { depth, action, created, started, finished, hasEnded } = node;
    const runsProgram = (nodes[n + 1]?.depth ?? 0) <= depth && action !== INQUIRY;
    const end = finished ?? (hasEnded ? null : now);
    const ran = started !== null && end !== null && runsProgram ? [{ from: started, to: Math.max(started, end) }] : [];
    const instants = [created, started, end].filter((instant) => instant !== null);
    return [...ran, ...instants.map((instant) => ({ from: instant, to: instant }))];
  });
