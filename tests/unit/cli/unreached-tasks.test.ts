import type { ExecutionSummary } from '../../../contract/executions';
import { loadDefinition } from '../../../platform/core/workflow/load/load-definition';
import { tasksOf, unreachedTasks } from '../../../cli/verify/unreached-tasks';

type Next = Readonly<Record<string, readonly string[]>>;

/** The tasks of a workflow with these transitions. */
const tasksWith = (next: Next) =>
  tasksOf(
    loadDefinition(
      {
        tasks: Object.entries(next).map(([name, targets]) => ({
          name,
          action: 'core.noop',
          next: [{ do: [...targets] }],
        })),
      },
      { ref: 'demo.flow' },
    ).definition,
  );

const ran = (...names: string[]) =>
  names.map((name) => ({ workflow_task: { task_name: name } }) as unknown as ExecutionSummary);

test('a run of all tasks leaves nothing unproven', () => {
  expect(unreachedTasks(tasksWith({ a: ['b'], b: [] }), ran('a', 'b'))).toEqual([]);
});

test('a branch that a run did not take is no gap', () => {
  expect(unreachedTasks(tasksWith({ a: ['b', 'c'], b: [], c: [] }), ran('a', 'b'))).toEqual([]);
});

test('a run without a task proves nothing', () => {
  expect(unreachedTasks(tasksWith({ a: [] }), [])).toEqual(['no task of the workflow ran']);
});

test('a task to which no transition of a reached task leads is named', () => {
  const tasks = tasksWith({ a: [], b: ['c'], c: ['b'] });

  expect(unreachedTasks(tasks, ran('a'))).toEqual(['no transition leads to b, c']);
});

test('a circle of all tasks is both', () => {
  const tasks = { all: ['a', 'b'], reachable: [] };

  expect(unreachedTasks(tasks, [])).toEqual(['no task of the workflow ran', 'no transition leads to a, b']);
});

test('a task that ran has been reached', () => {
  expect(unreachedTasks({ all: ['a', 'b'], reachable: [] }, ran('a', 'b'))).toEqual([]);
});
