import { composePlan } from '../../e2e/support/model/compose-plan';
import { expectationOf } from '../../e2e/support/model/expect-case';
import { ModelError } from '../../e2e/support/model/model-error';
import { planOf } from '../../e2e/support/model/random-case';
import { onFailure, onSuccess } from '../../../helpers/scenario/resources/workflow-task';
import { NAMES } from './case-names';
import { predict, program, statuses } from './small-case';

test('a task that leads back to itself runs again until it succeeds', () => {
  const run = predict([program('poll', '1 1 0', { next: [onFailure('poll'), onSuccess('last')] }), program('last')]);

  expect([run.status, statuses(run)]).toEqual([
    'completed',
    { 'poll#0': 'failed', 'poll@2#0': 'failed', 'poll@3#0': 'completed', 'last#0': 'completed' },
  ]);
});

test('what follows the head of a loop runs again with it', () => {
  const run = predict([
    program('head', '0', { next: [onSuccess('try')] }),
    program('try', '1 0', { next: [onFailure('head')] }),
  ]);

  expect(Object.keys(statuses(run))).toEqual(['head#0', 'head@2#0', 'try#0', 'try@2#0']);
});

test('a failed round that nothing handled fails the run', () => {
  const run = predict([
    program('head', '0', { next: [onSuccess('side', 'before')] }),
    program('side', '1 0'),
    program('before', '0', { next: [onSuccess('try')] }),
    program('try', '1 0', { next: [onFailure('head')] }),
  ]);

  expect([run.status, run.failedTasks]).toEqual(['failed', ['side']]);
});

test('a loop that leads to what others lead to is not predicted', () => {
  const tasks = [
    program('poll', '1 0', { next: [onFailure('poll', 'both'), onSuccess('both')] }),
    program('other', '0', { next: [onSuccess('both')] }),
    program('both', '0', { join: 2 }),
  ];

  expect(() => predict(tasks)).toThrow(ModelError);
});

test('random cases have loops', () => {
  const labels = Array.from({ length: 80 }, (_, seed) =>
    expectationOf(composePlan(planOf(seed + 1), NAMES)).run.children.map(({ label }) => label),
  );

  expect(labels.filter((each) => each.some((label) => label.includes('@2'))).length).toBeGreaterThan(2);
});
