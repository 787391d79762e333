import { sql } from 'kysely';
import type { Json } from '../../../../contract/json';
import { initialState } from '../../../../platform/core/workflow/step';
import { openDatabase, type Database, type Transaction } from '../../../../platform/store/database/connection';
import { createTrigger, findTriggerById, setWebhookConfig } from '../../../../platform/store/events/triggers';
import { insertRerun, unsealTakenOver } from '../../../../platform/store/executions/reruns';
import { createPackIndex, headersOf, listPackIndices } from '../../../../platform/store/packs/pack-indices';
import { findKey, insertKey, readKeyValue } from '../../../../platform/store/secrets/keys';
import { sealParameters, unsealParameterSecrets } from '../../../../platform/store/secrets/seal-parameters';
import { sealResult, sealState, unsealResult, unsealState } from '../../../../platform/store/secrets/seal-state';
import { openVault } from '../../../../platform/store/secrets/vault';
import { openWebhookConfig } from '../../../../platform/store/secrets/webhook-secrets';

export const TENANTS = [1, 2];
/** Of each tenant: one of each column that holds sealed values. */
export const VALUES_OF_TENANT = 7;

/** Opens the database as a platform with these encryption keys does. */
export async function withKeys<T>(
  url: string,
  [key, ...former]: readonly [string, ...string[]],
  work: (db: Database) => Promise<T>,
): Promise<T> {
  const db = openDatabase(url, 2, openVault(key, former));
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

const secretOf = (tenant: number, place: string): string => `${place} of ${tenant}`;

/** Stores a value in each place in which the platform seals one, in both tenants. */
export async function writeValues(db: Database): Promise<void> {
  for (const tenant of TENANTS) await db.inTenant(tenant, (transaction) => writeInTenant(transaction, tenant));
}

async function writeInTenant(transaction: Transaction, tenant: number): Promise<void> {
  const secret = (place: string) => secretOf(tenant, place);
  const owner = { owner_identity: null, owner_pack: null, owner_action: null, owner_sensor: null };
  const key = { tenant, owner_type: 'system' as const, owner, lifetime: null };
  await insertKey(transaction, { ...key, ref: 'sealed', name: 'sealed', value: secret('key'), encrypted: true });
  await insertKey(transaction, { ...key, ref: 'clear', name: 'clear', value: secret('clear'), encrypted: false });
  const trigger = await createTrigger(transaction, { ref: 'test.hook', label: 'Hook' }, null);
  await setWebhookConfig(transaction, trigger, { hmac: { secret: secret('trigger') } });
  await createPackIndex(transaction, { url: 'https://index.example' }, { authorization: secret('pack_index') });
  await writeExecution(transaction, tenant);
}

/** An execution of a workflow, with secret parameters, state and result, that is a rerun. */
async function writeExecution(transaction: Transaction, tenant: number): Promise<void> {
  const secret = (place: string) => secretOf(tenant, place);
  const schema = { password: { type: 'string', secret: true } };
  const [parameters] = await sealParameters(transaction, tenant, [
    { schema, parameters: { password: secret('parameters') } },
  ]);
  const { id } = await transaction
    .insertInto('execution')
    .values({ ...parameters!, action_ref: 'test.flow', status: 'completed' })
    .returning('id')
    .executeTakeFirstOrThrow();
  const row = { tenant, id };
  const { result, result_secrets } = sealResult(transaction, row, { output: secret('result') }, { output: true });
  await transaction
    .updateTable('execution')
    .set({ result: JSON.stringify(result), result_secrets })
    .where('id', '=', id)
    .execute();
  const run = await transaction
    .insertInto('workflow_execution')
    .values({ execution: id, task_graph: '{}', state: '{}' })
    .returning('id')
    .executeTakeFirstOrThrow();
  const state = { ...initialState(), variables: { token: secret('state') } };
  const sealed = sealState(
    transaction,
    { tenant, id: run.id },
    { ...state, secrets: { ...state.secrets, variables: { token: true } } },
  );
  await transaction
    .updateTable('workflow_execution')
    .set({ state: JSON.stringify(sealed.shown), secret_values: sealed.secret_values })
    .where('id', '=', run.id)
    .execute();
  const outcome = { status: 'completed', result: secret('rerun'), secrets: true } as const;
  const end = { task: 'first', round: 1, triggeredBy: null, retries: 0, published: [], targets: [], executions: [] };
  await insertRerun(transaction, row, {
    of: { execution: id, task: 'second' },
    definition: {},
    savedWithSets: [],
    savedBy: null,
    takenOver: [{ ...end, outcome: outcome as never }],
  });
}

/** What `readValues` reads where no value is lost. */
export const writtenValues = (): Json =>
  TENANTS.map((tenant) => ({
    clear: secretOf(tenant, 'clear'),
    key: secretOf(tenant, 'key'),
    trigger: secretOf(tenant, 'trigger'),
    pack_index: secretOf(tenant, 'pack_index'),
    parameters: secretOf(tenant, 'parameters'),
    result: secretOf(tenant, 'result'),
    state: secretOf(tenant, 'state'),
    rerun: secretOf(tenant, 'rerun'),
  }));

/**
 * The stored values, by the code that the platform reads them with. A value that cannot be
 * unsealed is `DECRYPT_FAILED`.
 */
export const readValues = (db: Database): Promise<Json> =>
  Promise.all(TENANTS.map((tenant) => db.inTenant(tenant, (transaction) => readInTenant(transaction))));

async function readInTenant(transaction: Transaction): Promise<Json> {
  const [clear, key] = [await findKey(transaction, 'clear'), await findKey(transaction, 'sealed')];
  const { rows: triggers } = await sql<{ id: number }>`select id from trigger`.execute(transaction);
  const trigger = await findTriggerById(transaction, triggers[0]!.id);
  const [index] = await listPackIndices(transaction);
  const execution = await transaction.selectFrom('execution').selectAll().executeTakeFirstOrThrow();
  const run = await transaction.selectFrom('workflow_execution').selectAll().executeTakeFirstOrThrow();
  const takenOver = await attempt(() => unsealTakenOver(transaction, execution));
  return {
    clear: await attempt(() => readKeyValue(transaction, clear!)),
    key: await attempt(() => readKeyValue(transaction, key!)),
    trigger: await attempt(
      () => (openWebhookConfig(transaction, trigger!) as { hmac: { secret: string } }).hmac.secret,
    ),
    pack_index: await attempt(() => headersOf(transaction, index!).authorization!),
    parameters: await attempt(() => unsealParameterSecrets(transaction, execution)['/password']!),
    result: await attempt(() => (unsealResult(transaction, execution).result as { output: string }).output),
    state: await attempt(() => unsealState(transaction, run, run.state, run.secret_values).variables.token!),
    rerun: Array.isArray(takenOver) ? (takenOver[0] as { outcome: { result: Json } }).outcome.result : takenOver,
  };
}

async function attempt(read: () => unknown): Promise<Json> {
  try {
    return (await read()) as Json;
  } catch (error) {
    return (error as { code: string }).code;
  }
}
