import type { JsonObject } from '../../../contract/json';
import { withFormerSecrets } from '../../core/secrets/former-secrets';
import type { Transaction } from '../database/connection';
import { visibleToTenant } from '../database/tenant-filter';

/** Whose values a schema describes. */
export type SchemaSubject = 'action' | 'trigger' | 'payload' | 'queue';

/** What former schemas of this ref declared secret, before a change or a deletion. */
export async function formerSchemas(
  transaction: Transaction,
  subject: SchemaSubject,
  ref: string,
): Promise<readonly JsonObject[]> {
  const rows = await selectFormers(transaction, subject).where('ref', '=', ref).execute();
  return rows.map(({ schema }) => schema);
}

/** The same of the parameters and the payloads of a trigger, with one query. */
export async function declaredSchemasOfTrigger(
  transaction: Transaction,
  ref: string,
  schemas: Readonly<Record<'trigger' | 'payload', JsonObject | null>>,
): Promise<Readonly<Record<'trigger' | 'payload', JsonObject | null>>> {
  const rows = await selectFormers(transaction, 'trigger', 'payload').where('ref', '=', ref).execute();
  const declared = (subject: 'trigger' | 'payload') =>
    withFormerSecrets(
      schemas[subject],
      rows.filter((row) => row.subject === subject).map(({ schema }) => schema),
    );
  return { trigger: declared('trigger'), payload: declared('payload') };
}

/** A schema that declares secret also what a former one of this ref did. */
export const declaredSchema = async (
  transaction: Transaction,
  subject: SchemaSubject,
  ref: string,
  schema: JsonObject | null,
): Promise<JsonObject | null> => withFormerSecrets(schema, await formerSchemas(transaction, subject, ref));

/** The same for schemas by ref; those of refs that are gone are added. */
export async function declaredSchemas(
  transaction: Transaction,
  subject: SchemaSubject,
  refs: readonly string[],
  schemas: ReadonlyMap<string, JsonObject>,
): Promise<ReadonlyMap<string, JsonObject>> {
  const declared = new Map(schemas);
  for (const { ref, schema } of await selectFormers(transaction, subject).where('ref', 'in', refs).execute())
    declared.set(ref, withFormerSecrets(declared.get(ref) ?? null, [schema])!);
  return declared;
}

const selectFormers = (transaction: Transaction, ...subjects: readonly SchemaSubject[]) =>
  transaction
    .selectFrom('former_schema')
    .select(['subject', 'ref', 'schema'])
    .where('subject', 'in', subjects)
    .where(visibleToTenant)
    .orderBy('id');
