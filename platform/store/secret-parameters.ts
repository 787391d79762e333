import { sql } from 'kysely';
import { REDACTED, isObject, type Json, type JsonObject } from '../../contract/json';
import { propertiesOf } from '../core/workflow/parameters';
import { vaultOf, type Transaction } from './database';
import type { Binding } from './vault';

export const isMarker = (value: Json | undefined): boolean => isObject(value) && value.$attune_secret === true;

/** Values that were cut out, by JSON pointer: `/password`, `/db/token`. */
export type Secrets = Readonly<Record<string, Json>>;

export interface Parted {
  /** The document with REDACTED in the place of each secret: what may be stored and shown. */
  readonly shown: JsonObject;
  readonly secrets: Secrets;
}

const NONE: Secrets = {};

/** Pointers of the properties that a schema, flat or classic, declares `secret`, nested ones too. */
export function secretPaths(schema: JsonObject | null, prefix = ''): string[] {
  return Object.entries(propertiesOf(schema ?? {})).flatMap(([name, property]) => {
    if (!isObject(property)) return [];
    const path = `${prefix}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (property.secret === true) return [path];
    return isObject(property.properties) ? secretPaths(property.properties, path) : [];
  });
}

/** Cuts out what stands at the paths. A marker that stands there already is no secret. */
export function part(document: JsonObject, paths: readonly string[]): Parted {
  const secrets: Record<string, Json> = {};
  let shown = document;
  for (const path of paths) {
    const value = valueAt(document, path);
    if (value === undefined || value === null || isMarker(value)) continue;
    secrets[path] = value;
    shown = withValueAt(shown, segmentsOf(path), REDACTED);
  }
  return { shown, secrets };
}

/** Puts the secrets back in their places. */
export const restore = (shown: JsonObject, secrets: Secrets): JsonObject =>
  Object.entries(secrets).reduce((document, [path, value]) => withValueAt(document, segmentsOf(path), value), shown);

const segmentsOf = (path: string): string[] =>
  path
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));

function valueAt(document: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = document;
  for (const name of segmentsOf(path)) {
    value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}

function withValueAt(document: JsonObject, [name = '', ...rest]: readonly string[], value: Json): JsonObject {
  const inner = document[name];
  const next = rest.length === 0 ? value : withValueAt(isObject(inner) ? inner : {}, rest, value);
  return { ...document, [name]: next };
}

const bindingOf = (tenant: number, execution: number): Binding => ({
  tenant,
  table: 'execution',
  row: execution,
  column: 'secret_values',
});

/** Secrets as the column `execution.secret_values` holds them; null where there are none. */
export const sealSecrets = (
  transaction: Transaction,
  { tenant, id }: { readonly tenant: number; readonly id: number },
  secrets: Secrets,
): string | null => (!hasAny(secrets) ? null : vaultOf(transaction).seal({ ...secrets }, bindingOf(tenant, id)));

/** What was cut out of an execution's parameters. Throws SealBroken. */
export function secretsOf(
  transaction: Transaction,
  row: { readonly tenant: number; readonly id: number; readonly secret_values: string | null },
): Secrets {
  if (row.secret_values === null) return NONE;
  const secrets = vaultOf(transaction).unseal(row.secret_values, bindingOf(row.tenant, row.id));
  return isObject(secrets) ? secrets : NONE;
}

/** Parameters of an execution to be made, and the schema of its action. `secrets`: what was cut out of them before. */
export interface ParametersToSeal {
  readonly schema: JsonObject | null;
  readonly parameters: JsonObject | null;
  readonly secrets?: Secrets;
}

/** Columns of a row of `execution` to be inserted. The id is there where the row has something sealed in it. */
export interface SealedParameters {
  readonly config: string | null;
  readonly id?: number;
  readonly secret_values?: string | null;
}

/** The columns that hold the parameters of executions to be made, in the same order: secrets cut out and sealed for the row. */
export async function sealParameters(
  transaction: Transaction,
  tenant: number,
  executions: readonly ParametersToSeal[],
): Promise<SealedParameters[]> {
  const parted = executions.map(({ schema, parameters, secrets }) => {
    if (parameters === null) return { shown: null, secrets: {} };
    const cut = part(parameters, secretPaths(schema));
    return { shown: cut.shown, secrets: { ...secrets, ...cut.secrets } };
  });
  // All or none: the ids tell in which order they were asked for.
  const ids = parted.some(({ secrets }) => hasAny(secrets)) ? await reserveIds(transaction, parted.length) : [];
  return parted.map(({ shown, secrets }, index) => {
    const config = shown === null ? null : JSON.stringify(shown);
    const id = ids[index];
    return id === undefined
      ? { config }
      : { config, id, secret_values: sealSecrets(transaction, { tenant, id }, secrets) };
  });
}

const hasAny = (secrets: Secrets): boolean => Object.keys(secrets).length > 0;

/** What is sealed must know its row before the row is there. */
async function reserveIds(transaction: Transaction, count: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select nextval('execution_id_seq') as id from generate_series(1, ${count}::int)`.execute(transaction);
  return rows.map(({ id }) => id);
}

/** Gives an execution the secrets of the one it repeats; their parameters are the same. */
export async function copySecrets(transaction: Transaction, from: number, to: number): Promise<void> {
  const row = await transaction
    .selectFrom('execution')
    .select(['id', 'tenant', 'secret_values'])
    .where('id', '=', from)
    .executeTakeFirst();
  if (!row || row.secret_values === null) return;
  const secret_values = sealSecrets(transaction, { tenant: row.tenant, id: to }, secretsOf(transaction, row));
  await transaction.updateTable('execution').set({ secret_values }).where('id', '=', to).execute();
}
