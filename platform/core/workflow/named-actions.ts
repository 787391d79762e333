import type { WorkflowDefinition } from './definition';

/** A task, and the ref of the action that it names. */
export interface TaskAction {
  readonly task: string;
  readonly action: string;
}

export const namedActions = ({ tasks }: WorkflowDefinition): TaskAction[] =>
  [...tasks.values()].flatMap(({ name, action }) => (action === null ? [] : [{ task: name, action }]));
