import { readFileSync } from 'node:fs';
import { EXIT_CODES } from '../../contract/errors';
import { isObject, type JsonObject } from '../../contract/json';
import { InexactNumberError, parseJsonFile } from '../../contract/json-text/parse-json-text';
import { CommandError } from '../failures';

/** The value of `--parameters`: a JSON object. Throws CommandError. */
export function parseParameters(text: string): JsonObject {
  try {
    const parsed = parseJsonFile(text);
    if (isObject(parsed)) return parsed;
  } catch (error) {
    if (error instanceof InexactNumberError) throw new CommandError(`--parameters: ${error.message}`, EXIT_CODES.usage);
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new CommandError(`--parameters is not a JSON object: ${text}; use '{"name": "value"}'`, EXIT_CODES.usage);
}

/** The same, or `@` and the name of a file with it. */
export const readParameters = (value: string): JsonObject =>
  parseParameters(value.startsWith('@') ? readFile(value.slice(1)) : value);

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(`--parameters @${file}: ${(error as Error).message}`, EXIT_CODES.usage);
  }
}
