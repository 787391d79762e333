import { isObject, type JsonObject } from '../../../../contract/json';
import { didYouMean } from '../../../../contract/text/closest-match';
import { schemaProperties } from '../../schema/flat-schema';
import { appendPointer } from '../../secrets/json-pointer';
import type { WorkflowDefinition } from '../definition';
import type { DefinitionMistake } from './definition-warnings';

interface Loaded {
  readonly definition: WorkflowDefinition;
  /** By the name of the task. */
  readonly actionPaths: ReadonlyMap<string, string>;
}

/**
 * Keys of tasks' `input` that the action does not declare. Its program gets them, but a parameter
 * with a misspelt name has its default. `schemas`: those of the known actions, by ref; null: one
 * without a schema.
 */
export function undeclaredInput(
  { definition, actionPaths }: Loaded,
  schemas: ReadonlyMap<string, JsonObject | null>,
): DefinitionMistake[] {
  return [...definition.tasks.values()].flatMap(({ name, action, input }) => {
    const schema = action === null ? null : (schemas.get(action) ?? null);
    const path = actionPaths.get(name);
    if (action === null || schema === null || input === null || path === undefined || takesOthers(schema)) return [];
    const declared = Object.keys(schemaProperties(schema));
    return Object.keys(input)
      .filter((key) => !declared.includes(key))
      .map((key) => ({
        path: appendPointer(path.replace(/\/action$/, '/input'), key),
        why: `${action} declares no parameter '${key}'${didYouMean(key, declared)}`,
      }));
  });
}

/** A JSON Schema that states what other parameters may be. */
const takesOthers = (schema: JsonObject): boolean =>
  schema.type === 'object' && (isObject(schema.patternProperties) || schema.additionalProperties !== undefined);
