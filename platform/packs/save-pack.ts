import { asJson, now, type Transaction } from '../store/database';
import { Refusal } from '../refusal';
import { findPack, isShared, lockPack, type PackRow } from '../store/packs';
import type { PackManifest } from './manifest';

export interface SavedPack {
  readonly pack: PackRow;
  /** Directory of the files that were registered before, to be removed after the commit. */
  readonly replaced: string | null;
}

export interface PackOptions {
  /** Directory of the files. */
  readonly storage: string;
  /** True: a pack of that ref is updated in place. */
  readonly force: boolean;
  /** Whom a new one belongs to; null: nobody. */
  readonly installer: number | null;
  /** True for what we ship, in the tenant of the transaction. */
  readonly standard: boolean;
}

/**
 * The row of a pack. A new one takes the manifest's configuration; one that is updated keeps id, owner and configuration.
 * Throws Refusal 409 CONFLICT when it exists and not `force`, 403 FORBIDDEN for a pack that we ship.
 */
export async function savePack(
  transaction: Transaction,
  manifest: PackManifest,
  { storage, force, standard, installer }: PackOptions,
): Promise<SavedPack> {
  const existing = await lockPack(transaction, manifest.ref);
  if (existing === null && !standard) await refuseShared(transaction, manifest.ref, force);
  if (existing !== null && !force) throw taken(manifest.ref);
  const columns = { ...columnsOf(manifest), storage, is_standard: standard || (existing?.is_standard ?? false) };
  const saved =
    existing === null
      ? transaction
          .insertInto('pack')
          .values({ ...columns, ref: manifest.ref, config: asJson(manifest.config), installed_by: installer })
      : transaction
          .updateTable('pack')
          .set({ ...columns, updated: now })
          .where('id', '=', existing.id);
  const pack = await saved.returningAll().executeTakeFirstOrThrow();
  return { pack, replaced: existing?.storage ?? null };
}

async function refuseShared(transaction: Transaction, ref: string, force: boolean): Promise<void> {
  const pack = await findPack(transaction, ref);
  if (pack === null || !isShared(pack)) return;
  throw force ? new Refusal('FORBIDDEN', `Pack '${ref}' is read-only`) : taken(ref);
}

const taken = (ref: string) => new Refusal('CONFLICT', `Pack '${ref}' already exists`);

const columnsOf = (manifest: PackManifest) => ({
  label: manifest.label,
  description: manifest.description,
  version: manifest.version,
  conf_schema: asJson(manifest.confSchema),
  meta: asJson(manifest.meta),
  tags: [...manifest.tags],
  runtime_deps: [...manifest.runtimeDeps],
  dependencies: [...manifest.dependencies],
});
