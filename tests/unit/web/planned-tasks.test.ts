import { planOf, withTakenOver } from '../../../web/platform/parts/planned-tasks';

test('the transitions of a definition are read in each of their notations', () => {
  const tasks = [
    { name: 'a', next: [{ when: '{{ succeeded() }}', do: ['b', 'c'] }, { do: 'd' }] },
    { name: 'b', on_success: 'c', on_failure: ['d', 7] },
    {
      name: 'c',
      decision: [
        { when: '{{ true }}', next: 'd' },
        { default: true, next: 'a' },
      ],
    },
    { name: 'd', next: null },
    'no task',
  ];

  expect(planOf({ tasks })).toEqual([
    { name: 'a', next: ['b', 'c', 'd'] },
    { name: 'b', next: ['c', 'd'] },
    { name: 'c', next: ['d', 'a'] },
    { name: 'd', next: [] },
  ]);
  expect(planOf({})).toEqual([]);
});

test('a task is marked whose results were taken over', () => {
  const plan = [
    { name: 'a', next: ['b'] },
    { name: 'b', next: [] },
  ];
  const takenOver = [{ task_name: 'a', round: 1, status: 'completed' as const, triggered_by: null, executions: [7] }];

  expect(withTakenOver(plan, takenOver)).toEqual([
    { name: 'a', next: ['b'], isTakenOver: true },
    { name: 'b', next: [], isTakenOver: false },
  ]);
  expect(withTakenOver(undefined, takenOver)).toEqual([{ name: 'a', next: [], isTakenOver: true }]);
  expect(withTakenOver(plan)).toBe(plan);
});
