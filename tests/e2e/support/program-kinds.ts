import type { TaskType } from '../../../contract/workflows/task-kinds';
import { onFailure, onSuccess, type AnyTask, type Task } from '../../../helpers/scenario/resources/workflow-task';
import type { ProgramKind, ProgramStep, StepKindCase } from '../../../helpers/scenario/step-kind';

/** Longer than any run of the program, seconds. */
const NEVER_SECONDS = 60;
/** A limit that every program is still running at, seconds. */
const LIMIT_SECONDS = 0.3;

const noop = (name: string, more: Partial<Task> = {}): Task => ({ name, action: 'core.noop', ...more });

/** One case of each type of task, and of each key that controls a task. */
export const PROGRAM_KINDS: Readonly<Record<ProgramKind, (step: ProgramStep) => StepKindCase>> = {
  action: ({ runtime, run }) => ({
    tasks: [run('only', 'ada')],
    output: 'task.only.data',
    value: { text: 'ADA', runtime },
    children: ['only completed'],
  }),

  parallel: ({ runtime, run }) => ({
    tasks: [{ name: 'both', type: 'parallel', tasks: [run('left', 'ada'), noop('right')] }],
    output: 'task.left.data',
    value: { text: 'ADA', runtime },
    children: ['left completed', 'right completed'],
  }),

  workflow: ({ runtime, nested }) => ({
    tasks: [{ name: 'only', type: 'workflow', action: nested }],
    output: 'task.only.value',
    value: { text: 'ADA', runtime },
    children: ['only completed'],
  }),

  when: ({ run }) => ({
    tasks: [run('not', 'ada', { when: '{{ 1 > 2 }}' }), run('only', 'eve', { when: '{{ 1 < 2 }}' })],
    output: 'task.only.data.text',
    value: 'EVE',
    children: ['only completed'],
  }),

  with_items: ({ run }) => ({
    tasks: [run('each', '{{ item }}', { with_items: '{{ ["ada", "eve"] }}' })],
    output: '[task.each.items[0].data.text, task.each.items[1].data.text]',
    value: ['ADA', 'EVE'],
    children: ['each completed', 'each completed'],
  }),

  batch_size: ({ run }) => ({
    tasks: [run('each', '{{ join(item, "+") }}', { with_items: '{{ ["ada", "eve"] }}', batch_size: 2 })],
    output: 'task.each.items[0].data.text',
    value: 'ADA+EVE',
    children: ['each completed'],
  }),

  concurrency: ({ run }) => ({
    tasks: [run('each', '{{ item }}', { with_items: '{{ ["ada", "eve"] }}', concurrency: 2 })],
    output: '[task.each.items[0].data.text, task.each.items[1].data.text]',
    value: ['ADA', 'EVE'],
    children: ['each completed', 'each completed'],
  }),

  retry: ({ run }) => ({
    tasks: [
      { ...run('fails', 'ada', { retry: { count: 1 }, next: [onFailure('last')] }), input: { text: 'ada', code: 1 } },
      noop('last'),
    ],
    output: 'task.fails.exit_code',
    value: 1,
    children: ['fails failed', 'fails failed', 'last completed'],
  }),

  timeout: ({ run }) => ({
    tasks: [
      {
        ...run('waits', 'ada', { timeout: LIMIT_SECONDS, next: [onFailure('last')] }),
        input: { text: 'ada', seconds: NEVER_SECONDS },
      },
      noop('last'),
    ],
    output: 'task.waits.timed_out',
    value: true,
    children: ['waits failed', 'last completed'],
  }),

  next: ({ run }) => ({
    tasks: [
      run('first', 'ada', {
        next: [
          { when: '{{ succeeded() }}', publish: [{ text: '{{ result().text }}' }], do: ['last'] },
          onFailure('not'),
        ],
      }),
      noop('last'),
      noop('not'),
    ],
    output: 'workflow.text',
    value: 'ADA',
    children: ['first completed', 'last completed'],
  }),

  join: ({ run }) => ({
    tasks: [
      run('left', 'ada', { next: [onSuccess('both')] }),
      noop('right', { next: [onSuccess('both')] }),
      { name: 'both', action: 'core.echo', input: { message: '{{ task.left.data.text }}' }, join: 2 },
    ],
    output: 'task.both.stdout',
    value: 'ADA',
    children: ['left completed', 'right completed', 'both completed'],
  }),
};

/** A workflow's only task, by its type. Each starts one child. */
export const TASK_BY_TYPE: Readonly<Record<string, AnyTask>> = {
  action: { name: 'only', type: 'action', action: 'core.noop' },
  parallel: { name: 'both', type: 'parallel', tasks: [noop('only')] },
  workflow: { name: 'only', type: 'workflow', action: 'core.noop' },
} satisfies Record<TaskType, AnyTask>;
