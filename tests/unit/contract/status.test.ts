import { isTerminal, NEXT, STATUSES, TERMINAL, type Status } from '../../../contract/status';

/** Every status that some sequence of transitions leads to. */
function reachable(from: Status): Set<Status> {
  const found = new Set<Status>(NEXT[from]);
  for (const status of found) NEXT[status].forEach((next) => found.add(next));
  return found;
}

test('the terminal statuses are those of the contract', () => {
  expect([...TERMINAL].sort()).toEqual(['abandoned', 'cancelled', 'completed', 'failed', 'timeout']);
});

test('every status is reachable from requested', () => {
  expect([...reachable('requested')].sort()).toEqual([...STATUSES].sort());
});

test.each(STATUSES.filter((status) => !isTerminal(status)))('%s leads to a terminal status', (status) => {
  expect([...reachable(status)].some(isTerminal)).toBe(true);
});

test('a canceling execution does not start again', () => {
  expect([...reachable('canceling')].every(isTerminal)).toBe(true);
});
