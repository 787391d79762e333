import type { Selectable } from 'kysely';
import type { Runtime, RuntimeSummary } from '../../../contract/runtimes';
import { RUNTIME_MANIFEST, type RuntimeManifest } from '../../../contract/runtime-manifest';
import type { Transaction } from '../database/connection';
import type { Tables } from '../database/tables';
import { sharedRowsFirst, visibleToTenant } from '../database/tenant-filter';

export type RuntimeRow = Selectable<Tables['runtime']>;

/** Null when the tenant can see none of that ref or id. */
export async function findRuntime(
  transaction: Transaction,
  key: { ref: string } | { id: number },
): Promise<RuntimeRow | null> {
  const visible = transaction.selectFrom('runtime').selectAll().where(visibleToTenant).orderBy(sharedRowsFirst);
  const query = 'ref' in key ? visible.where('ref', '=', key.ref) : visible.where('id', '=', key.id);
  return (await query.executeTakeFirst()) ?? null;
}

/**
 * All runtimes that a `runner_type` may name, shared ones first: a pack cannot replace `python`.
 */
export async function listVisibleRuntimes(transaction: Transaction): Promise<RuntimeRow[]> {
  return transaction.selectFrom('runtime').selectAll().where(visibleToTenant).orderBy('tenant').orderBy('id').execute();
}

/** All, or those of one pack. */
export async function listRuntimes(transaction: Transaction, pack?: number): Promise<RuntimeSummary[]> {
  const matching = transaction.selectFrom('runtime').selectAll().where(visibleToTenant).orderBy('ref');
  const rows = await (pack === undefined ? matching : matching.where('pack', '=', pack)).execute();
  return rows.map(toRuntimeSummary);
}

const toRuntimeSummary = (row: RuntimeRow): RuntimeSummary => ({
  id: row.id,
  ref: row.ref,
  pack_ref: row.pack_ref,
  description: row.description,
  name: row.name,
  ...manifestKeys(row, RUNTIME_MANIFEST),
  created: row.created,
  updated: row.updated,
});

/** Only a runtime of pack core is one of the manifest: another pack may use the same name. */
function manifestKeys({ name, pack_ref: pack }: RuntimeRow, { runtimes, templates }: RuntimeManifest) {
  const entry = pack === 'core' ? runtimes.find((each) => each.name === name) : undefined;
  if (entry === undefined) return { kind: null, templates: [] };
  return { kind: entry.kind, templates: templates.filter(({ runtime }) => runtime === name).map((each) => each.name) };
}

export const toRuntime = (row: RuntimeRow): Runtime => ({
  ...toRuntimeSummary(row),
  pack: row.pack,
  distributions: row.distributions,
  installation: row.installation,
  execution_config: row.execution_config,
});
