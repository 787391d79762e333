import { sql } from 'kysely';
import type { JsonObject } from '../../../contract/json';
import { asJson, type Transaction } from '../../store/database/connection';
import { COMPANION_ENTRYPOINT } from '../../store/packs/workflows';
import type { ActionFile, PermissionSetFile, RuntimeFile, TriggerFile, WorkflowFile } from '../read/components';
import { placementColumns } from '../read/placement';
import { authorColumns, type Author } from '../../store/packs/author';
import type { Saver } from './approval';
import { saveComponent, type PackRef } from './component-rows';

const jsonOrNull = (value: JsonObject | null): string | null => (value === null ? null : asJson(value));

/** Inserts or updates; an existing row keeps its id. Throws RefTaken. */
export async function savePermissionSet(
  transaction: Transaction,
  pack: PackRef,
  file: PermissionSetFile,
): Promise<void> {
  const columns = { label: file.label, description: file.description, grants: asJson(file.grants) };
  await saveComponent(transaction, 'permission_set', pack, { ref: file.ref, columns });
}

/**
 * Inserts or updates; an existing row keeps its id, also one of the pack that was created through
 * the API. Throws RefTaken.
 */
export async function saveRuntime(transaction: Transaction, pack: PackRef, file: RuntimeFile): Promise<void> {
  const columns = {
    name: file.name,
    description: file.description,
    aliases: [...file.aliases],
    distributions: asJson(file.distributions),
    installation: file.installation === null ? null : asJson(file.installation),
    execution_config: asJson(file.executionConfig),
    is_adhoc: false,
  };
  await saveComponent(transaction, 'runtime', pack, { ref: file.ref, columns, replaces: sql<boolean>`true` });
}

/** Inserts or updates; an existing row keeps its id and its webhook. Throws RefTaken. */
export async function saveTrigger(transaction: Transaction, pack: PackRef, file: TriggerFile): Promise<void> {
  const columns = {
    label: file.label,
    description: file.description,
    enabled: file.enabled,
    param_schema: file.paramSchema && asJson(file.paramSchema),
    out_schema: file.outSchema && asJson(file.outSchema),
    webhook_defaults: file.webhook && asJson(file.webhook),
  };
  await saveComponent(transaction, 'trigger', pack, { ref: file.ref, columns });
}

/** Of a pack that the platform registers itself, and of a file without a recorded one. */
export const NO_AUTHOR: Author = { identity: null, heldSetRefs: [] };

/** Inserts or updates, and returns the id. Throws RefTaken. */
async function saveWorkflow(
  transaction: Transaction,
  pack: PackRef,
  file: WorkflowFile,
  saver: Saver | null,
): Promise<number> {
  const columns = {
    label: file.label,
    description: file.description,
    version: file.version,
    param_schema: jsonOrNull(file.paramSchema),
    out_schema: jsonOrNull(file.outSchema),
    definition: asJson(file.definition),
    tags: [...file.tags],
    from_file: true,
    ...authorColumns(saver ?? NO_AUTHOR),
  };
  const isSame = sql`workflow_definition.definition::jsonb = excluded.definition::jsonb
    and workflow_definition.param_schema::jsonb is not distinct from excluded.param_schema::jsonb`;
  const kept = {
    saved_by: sql<number>`case when ${isSame} then workflow_definition.saved_by else excluded.saved_by end`,
    saved_with_sets: sql<string[]>`case when ${isSame} then workflow_definition.saved_with_sets
      else excluded.saved_with_sets end`,
  };
  const updated = saver?.keepsUnchanged ? kept : {};
  return saveComponent(transaction, 'workflow_definition', pack, { ref: file.ref, columns, updated });
}

/** A standalone workflow with its companion action. Throws RefTaken. */
export async function saveStandaloneWorkflow(
  transaction: Transaction,
  pack: PackRef,
  file: WorkflowFile,
  saver: Saver | null,
): Promise<void> {
  const workflow = await saveWorkflow(transaction, pack, file, saver);
  const columns = {
    label: file.label,
    description: file.description,
    entrypoint: COMPANION_ENTRYPOINT,
    param_schema: jsonOrNull(file.paramSchema),
    out_schema: jsonOrNull(file.outSchema),
    workflow_def: workflow,
    runtime: null,
    runtime_ref: null,
  };
  await saveComponent(transaction, 'action', pack, { ref: file.ref, columns });
}

interface ActionContext {
  /** Null for an unknown runner_type. */
  readonly runtime: { readonly id: number; readonly ref: string } | null;
  /** SHA-256 of the file of its entry point; null: there is none, or it is not known. */
  readonly fileDigest: string | null;
  readonly saver: Saver | null;
}

/** An action with its workflow, if it has one. Throws RefTaken. */
export async function saveAction(
  transaction: Transaction,
  pack: PackRef,
  file: ActionFile,
  { runtime, fileDigest, saver }: ActionContext,
): Promise<void> {
  const workflow = file.workflow && (await saveWorkflow(transaction, pack, file.workflow, saver));
  const columns = {
    label: file.label,
    description: file.description,
    entrypoint: file.entrypoint,
    param_schema: jsonOrNull(file.paramSchema),
    out_schema: jsonOrNull(file.outSchema),
    workflow_def: workflow,
    runtime: runtime?.id ?? null,
    runtime_ref: runtime?.ref ?? null,
    file_digest: fileDigest,
    ...(saver && authorColumns(saver)),
    ...executionColumns(file),
    ...workerColumns(file),
  };
  const kept = { saved_by: sql<number>`action.saved_by`, saved_with_sets: sql<string[]>`action.saved_with_sets` };
  const updated = saver?.keepsUnchanged ? kept : {};
  await saveComponent(transaction, 'action', pack, { ref: file.ref, columns, updated });
}

const executionColumns = (file: ActionFile) => ({
  parameter_delivery: file.delivery,
  parameter_format: file.parameterFormat,
  output_format: file.outputFormat,
  accesses_mcp: file.accessesMcp,
  default_execution_permission_set_refs: [...file.permissionSetRefs],
  env_schema: asJson(file.envSchema),
  timeout_seconds: file.timeoutSeconds,
  on_worker_loss: file.onWorkerLoss,
});

const workerColumns = (file: ActionFile) => ({
  required_worker_runtimes: asJson(file.requiredWorkerRuntimes),
  ...placementColumns(file),
});
