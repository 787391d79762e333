import type { Schedule } from './simulate';
import type { Signal } from './state';

/** What began first is first. */
export const FIRST: Schedule = { due: (dues) => dues[0]!, signal: (signals) => signals[0]! };

const isEnd = ({ is }: Signal): boolean => is === 'task ended' || is === 'task skipped';

/**
 * Other orders: the last or middle one first, or mixed; a task that needs no child ends after the
 * other tasks have started, or before.
 */
export const otherSchedules = (): Schedule[] => {
  let turn = 0;
  const mixed = <T>(all: readonly T[]): T => all[(turn++ * 7 + 3) % all.length]!;
  return [
    { due: (dues) => dues.at(-1)!, signal: (signals) => signals.at(-1)! },
    {
      due: (dues) => dues[Math.floor(dues.length / 2)]!,
      signal: (signals) => signals.find(isEnd) ?? signals[0]!,
    },
    {
      due: (dues) => dues[turn++ % dues.length]!,
      signal: (signals) => signals.filter(isEnd).at(-1) ?? signals.at(-1)!,
    },
    { due: mixed, signal: mixed },
  ];
};
