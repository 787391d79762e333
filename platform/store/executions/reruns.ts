import { sql } from 'kysely';
import type { RerunOf, TakenOver } from '../../../contract/executions';
import type { Json, JsonObject } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';
import { extractSecrets, insertSecrets } from '../../core/secrets/extract-secrets';
import { endsTaint } from '../../core/workflow/state-taint';
import type { TakenOverTask } from '../../core/workflow/types';
import type { Transaction } from '../database/connection';
import { sealSecrets, unsealSecrets } from '../secrets/seal-secrets';
import type { SealBinding, TenantRow } from '../secrets/vault';

/** What an execution that runs its workflow again from a task has beside its request. */
export interface NewRerun {
  readonly of: RerunOf;
  readonly definition: JsonObject;
  readonly savedWithSets: readonly string[];
  readonly savedBy: number | null;
  /** With the secrets in clear. */
  readonly takenOver: readonly TakenOverTask[];
}

const secretsBinding = ({ tenant, id }: TenantRow): SealBinding => ({
  tenant,
  table: 'execution_rerun',
  row: id,
  column: 'secret_values',
});

/** Stores what the execution starts with. */
export async function insertRerun(transaction: Transaction, execution: TenantRow, rerun: NewRerun): Promise<void> {
  const { definition, savedWithSets, savedBy, takenOver } = rerun;
  const { document, secrets } = extractSecrets(takenOver as unknown as Json, endsTaint(takenOver));
  await transaction
    .insertInto('execution_rerun')
    .values({
      execution: execution.id,
      definition: writeJson(definition),
      saved_with_sets: [...savedWithSets],
      saved_by: savedBy,
      taken_over: writeJson(document),
      secret_values: sealSecrets(transaction, secrets, secretsBinding(execution)),
    })
    .execute();
}

/** The ends that a rerun takes over, with their secrets sealed; null: it is no rerun. */
export const findTakenOver = (transaction: Transaction, execution: number) =>
  transaction
    .selectFrom('execution_rerun')
    .select(['taken_over', 'secret_values'])
    .where('execution', '=', execution)
    .executeTakeFirst();

/** The same with their secrets in clear. Throws UnsealFailed. */
export async function unsealTakenOver(
  transaction: Transaction,
  execution: TenantRow,
): Promise<readonly TakenOverTask[] | null> {
  const row = await findTakenOver(transaction, execution.id);
  if (row === undefined) return null;
  const secrets = unsealSecrets(transaction, row.secret_values, secretsBinding(execution));
  return insertSecrets(row.taken_over, secrets) as unknown as readonly TakenOverTask[];
}

interface TakenOverRow extends TakenOver {
  readonly rerun: number;
}

/** What the reruns of a tree took over, by their ids. */
export async function listTakenOver(transaction: Transaction, root: number): Promise<ReadonlyMap<number, TakenOver[]>> {
  const { rows } = await sql<TakenOverRow>`
    select r.execution as rerun, ended->>'task' as task_name, (ended->>'round')::int as round,
      ended->'outcome'->>'status' as status, ended->>'triggeredBy' as triggered_by, ended->'executions' as executions
    from execution e join execution_rerun r on r.execution = e.id,
      json_array_elements(r.taken_over) with ordinality as x(ended, position)
    where e.root = ${root} order by r.execution, position`.execute(transaction);
  const byRerun = new Map<number, TakenOver[]>();
  for (const { rerun, ...task } of rows) byRerun.set(rerun, [...(byRerun.get(rerun) ?? []), task]);
  return byRerun;
}
