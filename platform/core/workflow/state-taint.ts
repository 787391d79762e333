import { taintFromMembers, type Taint } from '../secrets/taint';
import type { WorkflowState } from './types';

/** What of a workflow's state is secret, as a taint of its JSON. */
export function stateTaint({ secrets, tasks }: WorkflowState): Taint {
  const { parameters, config, variables } = secrets;
  const taskTaints = Object.entries(tasks).map(([name, task]): [string, Taint] => {
    const items = task.items ? taintFromMembers([['lastResult', task.items.lastSecrets]]) : null;
    return [name, taintFromMembers(Object.entries({ result: task.secrets, items }))];
  });
  return taintFromMembers(Object.entries({ parameters, config, variables, tasks: taintFromMembers(taskTaints) }));
}
