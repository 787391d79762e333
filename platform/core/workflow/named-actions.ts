import type { WorkflowDefinition } from './definition';

/** The ref of an action, and what names it: `task 'build'`. */
export interface NamedAction {
  readonly action: string;
  readonly namedBy: string;
}

export const namedActions = ({ tasks }: WorkflowDefinition): NamedAction[] =>
  [...tasks.values()].flatMap(({ name, action }) => (action === null ? [] : [{ action, namedBy: `task '${name}'` }]));
