import { readFileSync } from 'node:fs';

const NS_PER_MS = 1e6;

/** Processor time of a process's main thread, ms: of this one, since the measurement began. */
export interface ProcessorTime {
  readonly ranMs: number;
  /** It was ready to run while the processors ran other work. */
  readonly waitedMs: number;
}

/** Starts a measurement; the result reads it. Zeros on systems other than Linux. */
export function measureProcessorTime(): () => ProcessorTime {
  const before = readSchedulerStatistics();
  return () => {
    const now = readSchedulerStatistics();
    return { ranMs: now.ranMs - before.ranMs, waitedMs: now.waitedMs - before.waitedMs };
  };
}

/** Waiting time per running time that the suite's own test files cause on two processors. */
const OWN_WAIT_RATIO = 2;

/** How many times longer than beside the suite's own test files the process waits; at least 1. */
export const busyFactor = ({ ranMs, waitedMs }: ProcessorTime): number =>
  Math.max(1, waitedMs / (OWN_WAIT_RATIO * ranMs) || 1);

/** Of the main thread. */
function readSchedulerStatistics(): ProcessorTime {
  if (process.platform !== 'linux') return { ranMs: 0, waitedMs: 0 };
  return parseSchedulerStatistics(readFileSync('/proc/self/schedstat', 'utf8'));
}

/** `proc_pid_schedstat(5)` has the run time and the wait time, ns. Zeros for an empty text. */
export function parseSchedulerStatistics(text: string): ProcessorTime {
  const [ranNs = 0, waitedNs = 0] = text.split(' ').map(Number);
  return { ranMs: ranNs / NS_PER_MS, waitedMs: waitedNs / NS_PER_MS };
}
