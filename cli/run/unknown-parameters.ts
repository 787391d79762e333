import type { JsonObject } from '../../contract/json';
import { didYouMean } from '../../contract/text/closest-match';
import type { Client } from '../../helpers/client/client';
import { ApiError } from '../../helpers/errors';
import { schemaProperties } from '../../platform/core/schema/flat-schema';

const HIDDEN: readonly number[] = [403, 404];

/**
 * One sentence for each parameter that the schema of the action does not have: the platform passes
 * it on, and the action ignores it. None where the caller may not read the action.
 */
export async function unknownParameters(client: Client, ref: string, parameters: JsonObject): Promise<string[]> {
  if (Object.keys(parameters).length === 0) return [];
  try {
    return sentences(ref, (await client.actions.get(ref)).param_schema ?? {}, parameters);
  } catch (error) {
    if (error instanceof ApiError && HIDDEN.includes(error.status)) return [];
    throw error;
  }
}

/** Without a schema an action takes any parameters. */
function sentences(ref: string, schema: JsonObject, parameters: JsonObject): string[] {
  const known = Object.keys(schemaProperties(schema));
  if (known.length === 0) return [];
  return Object.keys(parameters)
    .filter((name) => !known.includes(name))
    .map((name) => `${ref} has no parameter '${name}'${didYouMean(name, known)}`);
}
