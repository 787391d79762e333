import type { Clock, ClockFired, ClockMove } from '../../contract/clock';

/** A clock as text, one line for each fact. */
export const clockLines = ({ mode, now, real_now, next_due_at, due, in_flight }: Clock): string[] => [
  `now        ${now}  ${mode}`,
  `real time  ${real_now}`,
  `next due   ${next_due_at ?? 'nothing'}`,
  `due now    ${due}`,
  `in flight  ${in_flight}`,
];

/** What was due, in order. */
export const firedLines = (fired: readonly ClockFired[]): string[] =>
  fired.map(({ kind, id, at }) => `${at}  ${kind} ${id}`);

/** A move as text: what was due on its way, in order, and where the clock is. */
export const moveLines = ({ now, steps, fired }: ClockMove): string[] => [
  ...firedLines(fired),
  `now ${now}, after ${steps} ${steps === 1 ? 'step' : 'steps'}`,
];
