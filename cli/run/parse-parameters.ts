import { readFileSync } from 'node:fs';
import { isObject, type JsonObject } from '../../contract/json';
import { InexactNumberError, parseJsonFile } from '../../contract/json-text/parse-json-text';
import { usageError } from '../failures';

/** The value of `--parameters`: a JSON object. Throws CommandError. */
export function parseParameters(text: string): JsonObject {
  try {
    const parsed = parseJsonFile(text);
    if (isObject(parsed)) return parsed;
  } catch (error) {
    if (error instanceof InexactNumberError) throw usageError(`--parameters: ${error.message}`);
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw usageError(`--parameters is not a JSON object: ${text}; use '{"name": "value"}'`);
}

/** The same, or `@` and the name of a file with it. */
export const readParameters = (value: string): JsonObject =>
  parseParameters(value.startsWith('@') ? readFile(value.slice(1)) : value);

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw usageError(`--parameters @${file}: ${(error as Error).message}`);
  }
}
