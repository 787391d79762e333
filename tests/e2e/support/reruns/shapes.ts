import type { JsonObject } from '../../../../contract/json';
import {
  noopTask,
  onFailure,
  onSuccess,
  parallelTask,
  type AnyTask,
  type Task,
  type Transition,
} from '../../../../helpers/scenario/resources/workflow-task';

/** What a workflow does before its task `from`. */
interface Shape {
  readonly tasks: readonly AnyTask[];
  readonly vars?: JsonObject;
  readonly join?: number;
  /** The ends before `from`, in order of their names: `first completed`. */
  readonly ends: readonly string[];
}

const echo = (name: string, ...next: Transition[]): Task => ({
  name,
  action: 'core.echo',
  input: { message: `of ${name}` },
  next,
});

const failing = (name: string, ...next: Transition[]): Task => noopTask(name, { input: { exit_code: 4 }, next });

const PUBLISH = { publish: [{ made: '{{ result().stdout }}' }] };

/** `sub`: a workflow that completes. */
export const shapesBefore = (sub: string): Readonly<Record<string, Shape>> => ({
  'a task': { tasks: [echo('first', onSuccess('from'))], ends: ['first completed'] },
  'a task that publishes': {
    tasks: [echo('first', { ...onSuccess('from'), ...PUBLISH })],
    ends: ['first completed'],
  },
  'a failure that leads to it': { tasks: [failing('first', onFailure('from'))], ends: ['first failed'] },
  'a failure with another handler': {
    tasks: [failing('first', onFailure('repair')), echo('repair', onSuccess('from'))],
    ends: ['first failed', 'repair completed'],
  },
  'a task that was retried': {
    tasks: [{ ...failing('first', { do: ['from'] }), retry: { count: 1, delay: 0 } }],
    ends: ['first failed'],
  },
  'a task that was skipped': {
    tasks: [echo('first', onSuccess('none')), { ...echo('none', { do: ['from'] }), when: 'false' }],
    ends: ['first completed', 'none skipped'],
  },
  'a list': { tasks: [{ ...echo('first', onSuccess('from')), with_items: [1, 2] }], ends: ['first completed'] },
  'an empty list': { tasks: [{ ...echo('first', onSuccess('from')), with_items: [] }], ends: ['first completed'] },
  'a parallel task': {
    tasks: [parallelTask('first', [echo('one'), echo('two')], onSuccess('from'))],
    ends: ['first completed', 'one completed', 'two completed'],
  },
  'a workflow': { tasks: [{ ...echo('first', onSuccess('from')), action: sub }], ends: ['first completed'] },
  'two tasks of a join': {
    tasks: [echo('left', onSuccess('from')), echo('right', onSuccess('from'))],
    join: 2,
    ends: ['left completed', 'right completed'],
  },
  'two tasks without a join': {
    tasks: [echo('left', onSuccess('right')), echo('right', onSuccess('from'))],
    ends: ['left completed', 'right completed'],
  },
  'a loop': {
    tasks: [
      echo(
        'first',
        { when: '{{ workflow.n < 2 }}', publish: [{ n: '{{ workflow.n + 1 }}' }], do: ['first'] },
        { when: '{{ workflow.n == 2 }}', publish: [{ n: 3 }], do: ['from'] },
      ),
    ],
    vars: { n: 0 },
    ends: ['first completed', 'first completed', 'first completed'],
  },
});

/** What expressions read after a task: of its end, of variables, and of tasks. */
const readsOf = (tasks: readonly AnyTask[]): JsonObject => ({
  last: '{{ result().stdout | default("none") }}',
  ended: '{{ [succeeded(), failed(), timed_out()] }}',
  made: '{{ workflow.made | default("none") }}',
  n: '{{ workflow.n | default("none") }}',
  ...Object.fromEntries(tasks.map(({ name }) => [name, `{{ task.${name}.stdout | default("none") }}`])),
});

const END: readonly AnyTask[] = [
  {
    ...echo('from', onSuccess('after')),
    when: '{{ parameters.go }}',
    input: { message: '{{ result().stdout | default("none") }} {{ workflow.made | default("none") }}' },
  },
  { ...echo('after'), input: { message: 'after {{ result().stdout }} {{ task.first.exit_code | default("none") }}' } },
];

/** A workflow of this shape, in which `from` is skipped unless the parameter `go` is true. */
export function workflowOf({ tasks, vars = {}, join }: Shape) {
  const [from, after] = END;
  const all = [...tasks, { ...from!, ...(join && { join }) }, after!];
  return { tasks: all, parts: { vars, output_map: readsOf(all) } };
}
