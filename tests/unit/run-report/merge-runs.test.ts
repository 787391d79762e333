import { MergeError, mergeRuns } from '../../../helpers/run-report/merge-runs';
import { claimOf, failure, runOf } from './runs';

const red = claimOf({ result: 'failed', failure: failure() });
const first = { ...runOf([red, claimOf({ id: 'T2.8a' })]), run: 'aaaa', from: 10, to: 20 };
const second = { ...runOf([claimOf(), claimOf({ id: 'T2.8c' })]), run: 'bbbb', from: 30, to: 40, exit: 0 };

test('a claim of two runs has the result of the later, and two attempts', () => {
  const merged = mergeRuns([second, first]);

  expect(merged).toMatchObject({ run: 'bbbb', from: 10, to: 40, exit: 0 });
  expect(merged.claims.map(({ id, result, attempts }) => [id, result, attempts.map((each) => each.result)])).toEqual([
    ['T2.8b', 'passed', ['failed']],
    ['T2.8a', 'passed', []],
    ['T2.8c', 'passed', []],
  ]);
});

test('a claim that did not run again keeps the merged run red', () => {
  const again = { ...second, claims: [claimOf({ id: 'T2.8a' })] };

  expect(mergeRuns([first, again]).exit).toBe(1);
});

test('what made one of the runs red beside its claims stays', () => {
  const unproven = { ...first, exit: 5, reasons: ['T2.8d is not proven'], claims: [claimOf()] };

  expect(mergeRuns([unproven, second])).toMatchObject({ exit: 5, reasons: ['T2.8d is not proven'] });
});

test('runs on different targets are not merged', () => {
  const other = { ...second, target: { ...second.target, name: 'attune' } };

  expect(() => mergeRuns([first, other])).toThrow(MergeError);
  expect(() => mergeRuns([first, other])).toThrow('run bbbb was on attune, and run aaaa on tuningfork');
});
