import { onFailure, onSuccess, type Task } from '../../../../helpers/scenario/resources/workflow-task';
import { LONG_SECONDS, programInput, type CaseNames } from './case-names';
import type { ModelCase, ModelWorkflow } from './model-case';

type Policy = 'allow_finish' | 'cancel_running';

/** The policy of each level; null: it names none. */
export interface TreePolicies {
  readonly root: Policy | null;
  readonly below: Policy | null;
}

type Tasks = Readonly<Record<'held' | 'after', (name: string, exits?: string, tag?: string) => Task>>;

/** `held`: a process that waits, with one key for each tag, and that `after-<name>` follows. */
const tasksOf = (names: CaseNames): Tasks => ({
  held: (name, exits = 'gate0', tag = '{{ parameters.tag }}') => {
    const { key, ...input } = programInput(names, name, exits);
    const next = [onSuccess(`after-${name}`), onFailure(`after-${name}`)];
    return { name, action: names.program, input: { ...input, key: `${key}-${tag}` }, next };
  },
  after: (name) => {
    const label = `after-${name}`;
    return { name: label, action: names.program, input: programInput(names, label, '0') };
  },
});

const workflowOf = (policy: Policy | null, tasks: Task[]): ModelWorkflow => ({
  tasks,
  parts: policy === null ? {} : { cancellation_policy: policy },
});

const RETRY = { count: 1 };

function middleTasks(names: CaseNames): Task[] {
  const { held, after } = tasksOf(names);
  const input = { tag: '{{ parameters.tag }}' };
  return [
    { ...held('middle', '1 gate1'), retry: { count: 2 } },
    after('middle'),
    { name: 'ask', action: 'core.ask', input: { prompt: 'Continue?' }, timeout: LONG_SECONDS, retry: RETRY },
    { name: 'call', action: names.workflow('leaf'), input, retry: RETRY, next: [onFailure('after-middle')] },
  ];
}

/**
 * A cancelled tree of three levels. On each level something of another kind is open: items and a
 * retry, an inquiry, a process; and a task follows it that may not start.
 */
export function composeTree({ root, below }: TreePolicies, names: CaseNames): ModelCase {
  const { held, after } = tasksOf(names);
  const each: Task = {
    name: 'each',
    action: names.workflow('middle'),
    input: { tag: '{{ item }}' },
    with_items: '{{ parameters.items }}',
    concurrency: 2,
    retry: RETRY,
    next: [{ do: ['after-top'] }],
  };
  const top = [each, { ...held('top', 'gate1', 'top'), retry: RETRY }, { ...after('top'), join: 2 }];
  return {
    workflows: {
      [names.workflow('leaf')]: workflowOf(below, [held('leaf'), after('leaf')]),
      [names.workflow('middle')]: workflowOf(below, middleTasks(names)),
      [names.workflow('root')]: workflowOf(root, top),
    },
    program: names.program,
    parameters: { items: [0, 1, 2] },
    responses: {},
    isPaused: false,
    isCancelled: true,
    areLimitsTimeouts: names.areLimitsTimeouts,
    worker: names.worker,
  };
}
