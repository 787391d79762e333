import { sql } from 'kysely';
import type { JsonObject } from '../../contract/json';
import { asJson, now, type Transaction } from '../store/database';
import { COMPANION_ENTRYPOINT } from '../store/workflows';
import type { ActionFile, PermissionSetFile, RuntimeFile, WorkflowFile } from './components';
import { placementColumnsOf } from './placement';

/** The pack that components are saved under. */
export interface Holder {
  readonly id: number;
  readonly ref: string;
}

/** A row of that ref belongs to another pack, or was made through the API: it stays as it is. */
export class RefTaken extends Error {
  constructor(ref: string) {
    super(`${ref} is taken by another pack or was made through the API`);
    this.name = 'RefTaken';
  }
}

const orNull = (value: JsonObject | null): string | null => (value === null ? null : asJson(value));

const saved = <T>(row: T | undefined, ref: string): T => {
  if (row === undefined) throw new RefTaken(ref);
  return row;
};

/** Makes or updates it in place, keeping its id. Throws RefTaken. */
export async function savePermissionSet(
  transaction: Transaction,
  pack: Holder,
  file: PermissionSetFile,
): Promise<void> {
  const columns = { label: file.label, description: file.description, grants: asJson(file.grants) };
  const row = await transaction
    .insertInto('permission_set')
    .values({ ref: file.ref, pack: pack.id, pack_ref: pack.ref, ...columns })
    .onConflict((on) =>
      on
        .columns(['tenant', 'ref'])
        .doUpdateSet({ ...columns, updated: now })
        .where('permission_set.pack', '=', pack.id),
    )
    .returning('id')
    .executeTakeFirst();
  saved(row, file.ref);
}

/** Makes or updates it in place, keeping its id. Throws RefTaken. */
export async function saveRuntime(transaction: Transaction, pack: Holder, file: RuntimeFile): Promise<void> {
  const columns = {
    name: file.name,
    description: file.description,
    aliases: [...file.aliases],
    distributions: asJson(file.distributions),
    installation: file.installation === null ? null : asJson(file.installation),
    execution_config: asJson(file.executionConfig),
    is_adhoc: false,
  };
  const row = await transaction
    .insertInto('runtime')
    .values({ ref: file.ref, pack: pack.id, pack_ref: pack.ref, ...columns })
    .onConflict((on) =>
      on
        .columns(['tenant', 'ref'])
        .doUpdateSet({ ...columns, updated: now })
        .where('runtime.pack', '=', pack.id),
    )
    .returning('id')
    .executeTakeFirst();
  saved(row, file.ref);
}

/** Makes or updates it in place and answers its id. Throws RefTaken. */
export async function saveWorkflow(transaction: Transaction, pack: Holder, file: WorkflowFile): Promise<number> {
  const columns = {
    label: file.label,
    description: file.description,
    version: file.version,
    param_schema: orNull(file.paramSchema),
    out_schema: orNull(file.outSchema),
    definition: asJson(file.definition),
    tags: [...file.tags],
  };
  const row = await transaction
    .insertInto('workflow_definition')
    .values({ ref: file.ref, pack: pack.id, pack_ref: pack.ref, from_file: true, ...columns })
    .onConflict((on) =>
      on
        .columns(['tenant', 'ref'])
        .doUpdateSet({ ...columns, updated: now })
        .where('workflow_definition.pack', '=', pack.id)
        .where('workflow_definition.from_file', '=', true),
    )
    .returning('id')
    .executeTakeFirst();
  return saved(row, file.ref).id;
}

/** A stand-alone workflow with the action that stands for it. Throws RefTaken. */
export async function saveStandAlone(transaction: Transaction, pack: Holder, file: WorkflowFile): Promise<void> {
  const workflow = await saveWorkflow(transaction, pack, file);
  await saveActionRow(transaction, pack, file.ref, {
    label: file.label,
    description: file.description,
    entrypoint: COMPANION_ENTRYPOINT,
    param_schema: orNull(file.paramSchema),
    out_schema: orNull(file.outSchema),
    workflow_def: workflow,
    runtime: null,
    runtime_ref: null,
  });
}

/** An action with its workflow, if it is one. `runtime` is null where its runner_type is not known. Throws RefTaken. */
export async function saveAction(
  transaction: Transaction,
  pack: Holder,
  file: ActionFile,
  runtime: { readonly id: number; readonly ref: string } | null,
): Promise<void> {
  const workflow = file.workflow && (await saveWorkflow(transaction, pack, file.workflow));
  await saveActionRow(transaction, pack, file.ref, {
    label: file.label,
    description: file.description,
    entrypoint: file.entrypoint,
    param_schema: orNull(file.paramSchema),
    out_schema: orNull(file.outSchema),
    workflow_def: workflow,
    runtime: runtime?.id ?? null,
    runtime_ref: runtime?.ref ?? null,
    ...runningOf(file),
    ...placementOf(file),
  });
}

const runningOf = (file: ActionFile) => ({
  parameter_delivery: file.delivery,
  parameter_format: file.parameterFormat,
  output_format: file.outputFormat,
  accesses_mcp: file.accessesMcp,
  default_execution_permission_set_refs: [...file.permissionSetRefs],
  timeout_seconds: file.timeoutSeconds,
});

const placementOf = (file: ActionFile) => ({
  required_worker_runtimes: asJson(file.requiredWorkerRuntimes),
  ...placementColumnsOf(file),
});

interface ActionColumns extends Partial<ReturnType<typeof runningOf> & ReturnType<typeof placementOf>> {
  readonly label: string;
  readonly description: string | null;
  readonly entrypoint: string;
  readonly param_schema: string | null;
  readonly out_schema: string | null;
  readonly workflow_def: number | null;
  readonly runtime: number | null;
  readonly runtime_ref: string | null;
}

async function saveActionRow(
  transaction: Transaction,
  pack: Holder,
  ref: string,
  columns: ActionColumns,
): Promise<void> {
  const row = await transaction
    .insertInto('action')
    .values({ ref, pack: pack.id, pack_ref: pack.ref, ...columns })
    .onConflict((on) =>
      on
        .columns(['tenant', 'ref'])
        .doUpdateSet({ ...columns, updated: now })
        .where('action.pack', '=', pack.id)
        .where(fromFile),
    )
    .returning('id')
    .executeTakeFirst();
  saved(row, ref);
}

/** Not made through the API, neither by itself nor as the companion of a workflow made there. */
const fromFile = sql<boolean>`not action.is_adhoc and not exists (
  select from workflow_definition w where w.id = action.workflow_def and not w.from_file)`;

/** Refs that the pack's files still declare, by kind. */
export interface Declared {
  readonly permissionSets: readonly string[];
  readonly runtimes: readonly string[];
  readonly actions: readonly string[];
  readonly workflows: readonly string[];
}

/** Removes what the files no longer declare; never what was made through the API. */
export async function removeVanished(transaction: Transaction, pack: Holder, declared: Declared): Promise<void> {
  const absent = (refs: readonly string[]) => sql<boolean>`not ref = any(${[...refs]}::text[])`;
  await transaction
    .deleteFrom('permission_set')
    .where('pack', '=', pack.id)
    .where(absent(declared.permissionSets))
    .execute();
  await transaction
    .deleteFrom('runtime')
    .where('pack', '=', pack.id)
    .where('is_adhoc', '=', false)
    .where(absent(declared.runtimes))
    .execute();
  await transaction
    .deleteFrom('action')
    .where('pack', '=', pack.id)
    .where(fromFile)
    .where(absent(declared.actions))
    .execute();
  await transaction
    .deleteFrom('workflow_definition')
    .where('pack', '=', pack.id)
    .where('from_file', '=', true)
    .where(absent(declared.workflows))
    .execute();
}
