import { taintFromMembers, type Taint } from '../secrets/taint';
import type { StoredTransition, EndedTask, TaskEnd, WorkflowState } from './types';

const endedTaint = ({ secrets }: EndedTask): Taint => taintFromMembers([['result', secrets]]);

const transitionTaint = (fired: StoredTransition): Taint =>
  typeof fired === 'string' || !fired.ended ? null : taintFromMembers([['ended', endedTaint(fired.ended)]]);

/** What of a workflow's state is secret, as a taint of its JSON. */
export function stateTaint({ secrets, tasks }: WorkflowState): Taint {
  const { parameters, config, variables } = secrets;
  const taskTaints = Object.entries(tasks).map(([name, task]): [string, Taint] => {
    const items = task.items ? taintFromMembers([['lastResult', task.items.lastSecrets]]) : null;
    const trigger = task.trigger ? endedTaint(task.trigger) : null;
    const arrivals = taintFromMembers(task.arrivals.map((fired, index) => [index, transitionTaint(fired)]));
    return [name, taintFromMembers(Object.entries({ result: task.secrets, items, trigger, arrivals }))];
  });
  return taintFromMembers(Object.entries({ parameters, config, variables, tasks: taintFromMembers(taskTaints) }));
}

/** What of these ends is secret, as a taint of their JSON. */
export const endsTaint = (ends: readonly TaskEnd[]): Taint =>
  taintFromMembers(
    ends.map(({ outcome, published }, index) => [
      index,
      taintFromMembers([
        ['outcome', taintFromMembers([['result', outcome.secrets]])],
        ['published', taintFromMembers(published.map(({ taint }, n) => [n, taintFromMembers([['value', taint]])]))],
      ]),
    ]),
  );
