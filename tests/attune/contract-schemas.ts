import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TObject, TSchema } from '@sinclair/typebox';

const CONTRACT = join(__dirname, '../../contract');

const schemas = new Map(
  [CONTRACT, ...['records'].map((name) => join(CONTRACT, name))].flatMap((directory) =>
    readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .flatMap(({ name }) => Object.entries(jest.requireActual<Record<string, TSchema>>(join(directory, name)))),
  ),
);

/** The schema of our server's promise, by its name in `contract/`. Throws where there is none. */
export function objectSchema(name: string): TObject {
  const schema = schemas.get(name);
  if (schema?.type !== 'object') throw new Error(`contract/ exports no object schema ${name}`);
  return schema as TObject;
}
