import { basename } from 'node:path';
import { readFileSync } from 'node:fs';
import { isObject, type Json, type JsonObject } from '../../contract/json';
import { parseExactYaml } from '../../contract/json-text/exact-yaml';
import { usageError } from '../failures';

/** A document as a compile takes it. */
interface WorkflowFile {
  readonly ref: string;
  readonly definition: JsonObject;
  readonly param_schema: JsonObject | null;
  readonly out_schema: JsonObject | null;
}

const EXTENSION = /(\.workflow)?\.ya?ml$/;

export const isWorkflowFile = (name: string): boolean => EXTENSION.test(name);

/** Throws CommandError, exit 2. A file without a ref is named by its name. */
export function readWorkflowFile(file: string): WorkflowFile {
  const document = readYaml(file);
  if (!isObject(document)) throw usageError(`${file} contains no map: give the file of a workflow`);
  const { ref, parameters, output } = document;
  return {
    ref: typeof ref === 'string' && ref !== '' ? ref : basename(file).replace(EXTENSION, ''),
    definition: document,
    param_schema: isObject(parameters) ? parameters : null,
    out_schema: isObject(output) ? output : null,
  };
}

function readYaml(file: string): Json {
  try {
    return parseExactYaml(readFileSync(file, 'utf8')) as Json;
  } catch (error) {
    throw usageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
