import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { schemaTaint } from '../secrets/schema-taint';
import { schemaValuesTaint } from '../secrets/schema-values';
import { mergeTaints, taintFromMembers, type Taint } from '../secrets/taint';

/** The schemas that govern the values in a definition. */
export interface DefinitionSchemas {
  /** Of the parameters of an action, by ref; those of other actions are not known. */
  readonly parameters: ReadonlyMap<string, JsonObject>;
  readonly output: JsonObject | null;
}

/** Refs of the actions that the tasks of a definition name. */
export const actionRefsIn = (definition: Json): string[] =>
  tasksIn(definition).flatMap((task) => {
    if (!isObject(task)) return [];
    return [...(typeof task.action === 'string' ? [task.action] : []), ...actionRefsIn(task)];
  });

/**
 * The taint of a definition as a document, valid or not: values that its tasks give to parameters
 * that are declared secret, defaults of its own secret parameters, and secret output.
 */
export function definitionTaint(definition: JsonObject, { parameters, output }: DefinitionSchemas): Taint {
  const { output_map: outputMap = null } = definition;
  const ownOutput = isObject(definition.output) ? definition.output : null;
  return taintFromMembers([
    ['parameters', schemaOf(definition.parameters)],
    ['output', schemaOf(definition.output)],
    ['output_map', mergeTaints(schemaTaint(output, outputMap), schemaTaint(ownOutput, outputMap))],
    ['tasks', tasksTaint(definition, parameters)],
  ]);
}

const schemaOf = (schema: Json | undefined): Taint => (isObject(schema) ? schemaValuesTaint(schema) : null);

const tasksIn = (node: Json): readonly Json[] => (isObject(node) && Array.isArray(node.tasks) ? node.tasks : []);

const tasksTaint = (node: Json, schemas: DefinitionSchemas['parameters']): Taint =>
  taintFromMembers(tasksIn(node).map((task, index) => [index, taskTaint(task, schemas)]));

function taskTaint(task: Json, schemas: DefinitionSchemas['parameters']): Taint {
  if (!isObject(task)) return null;
  const schema = typeof task.action === 'string' ? (schemas.get(task.action) ?? null) : null;
  return taintFromMembers([
    ['input', schemaTaint(schema, task.input ?? null)],
    ['tasks', tasksTaint(task, schemas)],
  ]);
}
