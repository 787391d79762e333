import { parseHistory, historyText, type HistoryEntry } from '../../../tools/gate/history';
import { flakeRate, windowOf } from '../../../tools/gate/window';
import { findCheck } from '../../../tools/gate/policy';
import { policyWith } from './example-policy';

const POLICY = policyWith('tier1');
const CHECK = findCheck(POLICY, 'tier1');
const RESULTS: Readonly<Record<string, HistoryEntry['result']>> = {
  g: 'passed',
  f: 'flaky',
  r: 'failed',
  c: 'cancelled',
};

/** One entry for each letter, g, f, r or c: another run of another commit, a minute later. */
const entries = (letters: string, more: Partial<HistoryEntry> = {}): HistoryEntry[] =>
  Array.from(letters, (letter, n) => ({
    run: `${n}`,
    branch: 'main',
    commit: `commit ${n}`,
    job: 'embedded',
    check: 'tier1',
    result: RESULTS[letter]!,
    at: new Date(60_000 * n).toISOString(),
    ...more,
  }));

const greenIn = (history: HistoryEntry[]) => windowOf(POLICY, CHECK, history).jobs.embedded;

test.each([
  ['', 0],
  ['ggg', 3],
  ['ggr', 0],
  ['ggrg', 1],
  ['ggf', 0],
  ['fgg', 2],
  ['rggg', 3],
  ['ggcg', 3],
  ['gggc', 3],
  ['grcg', 1],
  ['ccc', 0],
])('%s has %i green runs at its end', (letters, green) => {
  expect(greenIn(entries(letters))).toBe(green);
});

test('the window is that of the job with the fewest', () => {
  const history = [...entries('ggg'), ...entries('rgg', { job: 'plain' })];

  expect(windowOf(POLICY, CHECK, history)).toEqual({ green: 2, needed: 3, jobs: { embedded: 3, plain: 2 } });
});

test('other branches, checks and jobs do not count', () => {
  const others = [{ branch: 'topic' }, { check: 'leases' }, { job: 'slow' }];

  expect(others.map((other) => greenIn([...entries('g'), ...entries('gggr', other)]))).toEqual([1, 1, 1]);
});

test('a run that was repeated until it was green stays red', () => {
  const repeated = { run: 'same', commit: 'same' };

  expect(greenIn(entries('rg', repeated))).toBe(0);
  expect(greenIn([...entries('rg', repeated), ...entries('g', { at: '2026-01-01T00:00:00Z' })])).toBe(1);
});

test('runs are ordered by their time, not by their lines', () => {
  expect(greenIn(entries('grr').reverse())).toBe(0);
  expect(greenIn(entries('rgg').reverse())).toBe(2);
});

test('the flake rate counts commits that were red and green in one job', () => {
  const flaky = entries('rg', { commit: 'a', branch: 'topic' });

  expect(flakeRate(CHECK, [])).toBeNull();
  expect(flakeRate(CHECK, entries('c'))).toBeNull();
  expect(flakeRate(CHECK, entries('fg'))).toBe(0.5);
  expect(flakeRate(CHECK, [...flaky, ...entries('ggr')])).toBe(0.25);
  expect(flakeRate(CHECK, [...entries('r', { commit: 'a' }), ...entries('g', { commit: 'a', job: 'plain' })])).toBe(0);
});

test('a history is read as it was written, and a wrong line is named', () => {
  const history = entries('grc');

  expect(parseHistory(historyText(history))).toEqual(history);
  expect(() => parseHistory(`${historyText(history)}{"run": ""}`)).toThrow(/^HISTORY_INVALID: line 4: \/branch/);
  expect(() => parseHistory('nothing')).toThrow('HISTORY_INVALID: line 1: it is not JSON');
  expect(() => parseHistory(historyText(history).replace('passed', 'green'))).toThrow(
    'HISTORY_INVALID: line 1: /result: expected passed, flaky, failed or cancelled',
  );
});
