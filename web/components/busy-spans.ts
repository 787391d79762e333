import type { NodeModel } from '../../helpers/run-report/run-model';
import type { Span } from './time-scale';

/** Waits for a person, without a process. */
const INQUIRY = 'core.ask';

/**
 * When something happened: while a program ran, and at each instant at which an execution came to
 * be, started or ended. A workflow is busy while a part of it is.
 */
export const busySpans = (nodes: readonly NodeModel[]): Span[] =>
  nodes.flatMap((node, n) => {
    const { depth, action, created, started, finished } = node;
    const runsProgram = (nodes[n + 1]?.depth ?? 0) <= depth && action !== INQUIRY;
    const ran = started !== null && finished !== null && runsProgram ? [{ from: started, to: finished }] : [];
    const instants = [created, started, finished].filter((instant) => instant !== null);
    return [...ran, ...instants.map((instant) => ({ from: instant, to: instant }))];
  });
