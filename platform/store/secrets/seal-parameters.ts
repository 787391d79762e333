import { sql } from 'kysely';
import type { JsonObject } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';
import { withConnections, type Connections } from '../../core/secrets/connections';
import { extractSecrets, type SecretsByPointer } from '../../core/secrets/extract-secrets';
import { schemaTaint } from '../../core/secrets/schema-taint';
import type { Transaction } from '../database/connection';
import { sealSecrets, unsealSecrets } from './seal-secrets';
import type { SealBinding, TenantRow } from './vault';

const secretsBinding = ({ tenant, id }: TenantRow): SealBinding => ({
  tenant,
  table: 'execution',
  row: id,
  column: 'secret_values',
});

/** The secrets among an execution's parameters. Throws UnsealFailed. */
export const unsealParameterSecrets = (
  transaction: Transaction,
  row: TenantRow & { readonly secret_values: string | null },
): SecretsByPointer => unsealSecrets(transaction, row.secret_values, secretsBinding(row));

/**
 * Parameters of an execution to be created and its action's schema; `secrets` were removed from
 * them before.
 */
interface ParametersToSeal {
  readonly schema: JsonObject | null;
  readonly parameters: JsonObject | null;
  readonly secrets?: SecretsByPointer;
  /** References among the parameters: they are stored as they are. */
  readonly connections?: Connections;
}

/**
 * Columns of a row of `execution` to be inserted. Sealed values are bound to the row's id: a row
 * that has any has an id.
 */
export interface SealedParameters {
  readonly config: string | null;
  readonly connections?: string;
  readonly id?: number;
  readonly secret_values?: string | null;
}

/**
 * The parameter columns of executions to be created, in the same order: secrets redacted, and
 * sealed for the row.
 */
export async function sealParameters(
  transaction: Transaction,
  tenant: number,
  executions: readonly ParametersToSeal[],
): Promise<SealedParameters[]> {
  const redacted = executions.map(({ schema, parameters, secrets, connections = {} }) => {
    if (parameters === null) return { document: null, secrets: {} };
    const result = extractSecrets(parameters, withConnections(schemaTaint(schema, parameters), connections));
    return { document: result.document, secrets: { ...secrets, ...result.secrets } };
  });
  // All or none: the ids give the order of the executions.
  const ids = redacted.some(({ secrets }) => hasSecrets(secrets)) ? await reserveIds(transaction, redacted.length) : [];
  return redacted.map(({ document, secrets }, index) => {
    const config = document === null ? null : writeJson(document);
    const id = ids[index];
    const columns = { config, ...connectionsColumn(executions[index]!.connections) };
    return id === undefined
      ? columns
      : { ...columns, id, secret_values: sealSecrets(transaction, secrets, secretsBinding({ tenant, id })) };
  });
}

const connectionsColumn = (connections: Connections = {}): Pick<SealedParameters, 'connections'> =>
  Object.keys(connections).length === 0 ? {} : { connections: writeJson(connections) };

const hasSecrets = (secrets: SecretsByPointer): boolean => Object.keys(secrets).length > 0;

/** A sealed value is bound to the id of its row, which does not exist yet. */
async function reserveIds(transaction: Transaction, count: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select nextval('execution_id_seq') as id from generate_series(1, ${count}::int)`.execute(transaction);
  return rows.map(({ id }) => id);
}

/** Copies the secrets of an execution to one with the same parameters. */
export async function copySecrets(transaction: Transaction, from: number, to: number): Promise<void> {
  const row = await transaction
    .selectFrom('execution')
    .select(['id', 'tenant', 'secret_values'])
    .where('id', '=', from)
    .executeTakeFirst();
  if (!row || row.secret_values === null) return;
  const secrets = unsealParameterSecrets(transaction, row);
  const secret_values = sealSecrets(transaction, secrets, secretsBinding({ tenant: row.tenant, id: to }));
  await transaction.updateTable('execution').set({ secret_values }).where('id', '=', to).execute();
}
