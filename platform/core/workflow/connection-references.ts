import type { JsonObject } from '../../../contract/json';
import { findReferences } from '../secrets/connections';
import type { TaskDefinition, WorkflowDefinition } from './definition';

/**
 * The refs of keys that a definition names as `{ "$connection": ref }`: in what it renders, and in
 * the defaults of its parameters. One with an expression in it names no key.
 */
export const definitionReferences = (
  { tasks, parameters }: WorkflowDefinition,
  paramSchema: JsonObject | null,
): string[] =>
  [parameters ?? paramSchema, ...[...tasks.values()].flatMap(templatesIn)].flatMap((part) =>
    Object.values(findReferences(part)),
  );

const templatesIn = ({ input, withItems, next }: TaskDefinition) => [
  input,
  withItems,
  ...next.flatMap(({ publish }) => publish.map(({ value }) => value)),
];
