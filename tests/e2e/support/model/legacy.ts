import type { Transition } from '../../../../helpers/scenario/resources/workflow-task';
import type { ModelTask } from './model-case';

/** `decision`: one of several branches, of which the default one fires only if no other did. */
export type ModelTransition = Transition & { readonly decision?: 'branch' | 'default' };

const OUTCOMES = [
  ['on_success', 'succeeded()'],
  ['on_failure', 'failed()'],
  ['on_complete', null],
  ['on_timeout', 'timed_out()'],
] as const;

/** The transitions of a task; of one without `next`, those that its older keys stand for. */
export function transitionsOf(task: ModelTask): readonly ModelTransition[] {
  if (task.next && task.next.length > 0) return task.next;
  const outcomes = OUTCOMES.flatMap(([key, when]): ModelTransition[] => {
    const target = task[key];
    return target === undefined ? [] : [{ ...(when !== null && { when }), do: [target] }];
  });
  return withPublish([...outcomes, ...branchesOf(task)], task);
}

/** The default branch is the last one. */
function branchesOf({ decision = [] }: ModelTask): ModelTransition[] {
  const branches = decision.map(({ when, next, default: isDefault = false }): ModelTransition => ({
    ...(when !== undefined && { when }),
    do: [next],
    decision: isDefault ? 'default' : 'branch',
  }));
  return [
    ...branches.filter((each) => each.decision === 'branch'),
    ...branches.filter((each) => each.decision === 'default'),
  ];
}

/** What the task publishes belongs to its first transition for success, else to its first. */
function withPublish(transitions: readonly ModelTransition[], { publish }: ModelTask): readonly ModelTransition[] {
  if (!publish) return transitions;
  if (transitions.length === 0) return [{ when: 'succeeded()', publish }];
  const forSuccess = transitions.findIndex(({ when = '' }) => when.includes('succeeded()'));
  return transitions.map((each, n) => (n === Math.max(0, forSuccess) ? { ...each, publish } : each));
}
