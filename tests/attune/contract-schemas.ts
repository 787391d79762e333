import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TObject, TSchema } from '@sinclair/typebox';

const CONTRACT = join(__dirname, '../../contract');

const schemas = new Map(
  readdirSync(CONTRACT, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap(({ name: file }) => Object.entries(jest.requireActual<Record<string, TSchema>>(join(CONTRACT, file)))),
);

/** The schema of our server's promise, by its name in `contract/`. Throws where there is none. */
export function objectSchema(name: string): TObject {
  const schema = schemas.get(name);
  if (schema?.type !== 'object') throw new Error(`contract/ exports no object schema ${name}`);
  return schema as TObject;
}
