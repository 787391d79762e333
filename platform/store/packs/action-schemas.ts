import { sql } from 'kysely';
import type { JsonObject } from '../../../contract/json';
import { withDeclaredSecrets } from '../../core/secrets/schema-taint';
import { actionRefsIn, definitionTaint } from '../../core/workflow/definition-taint';
import type { Taint } from '../../core/secrets/taint';
import type { Transaction } from '../database/connection';
import { declaredSchemas } from './former-schemas';

interface StoredDefinition {
  readonly definition: JsonObject;
  readonly out_schema: JsonObject | null;
}

/** What a definition holds that the actions of its tasks, and itself, declare secret. */
export async function secretsOfDefinition(
  transaction: Transaction,
  { definition, out_schema: output }: StoredDefinition,
): Promise<Taint> {
  const parameters = await parameterSchemasOf(transaction, actionRefsIn(definition));
  return definitionTaint(definition, { parameters, output });
}

/** What the action of a ref takes; null: there is no such action. */
export const parameterSchemaOf = async (transaction: Transaction, ref: string): Promise<JsonObject | null> =>
  (await parameterSchemasOf(transaction, [ref])).get(ref) ?? null;

/** What the actions of these refs take, by ref. What they declared secret before is so, too. */
export async function parameterSchemasOf(
  transaction: Transaction,
  refs: readonly string[],
): Promise<ReadonlyMap<string, JsonObject>> {
  if (refs.length === 0) return new Map();
  return declaredSchemas(transaction, 'action', refs, await currentSchemas(transaction, refs));
}

/** What the action of a ref takes, without what it declared secret before. */
export const currentSchemaOf = async (transaction: Transaction, ref: string): Promise<JsonObject | null> =>
  (await currentSchemas(transaction, [ref])).get(ref) ?? null;

async function currentSchemas(
  transaction: Transaction,
  refs: readonly string[],
): Promise<ReadonlyMap<string, JsonObject>> {
  const { rows } = await sql<{ ref: string; schema: JsonObject | null; declared: JsonObject | null }>`
    select distinct on (a.ref) a.ref, a.param_schema as schema, d.definition->'parameters' as declared
    from action a left join workflow_definition d on d.id = a.workflow_def
    where a.ref = any(${[...new Set(refs)]}::text[]) and a.tenant in (0, app_tenant())
    order by a.ref, a.tenant`.execute(transaction);
  return new Map(rows.map(({ ref, schema, declared }) => [ref, withDeclaredSecrets(schema, declared) ?? {}]));
}
