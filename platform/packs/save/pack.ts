import { disclosedParameters } from '../../core/rule-parameters/shown-parameters';
import { asJson, now, type Transaction } from '../../store/database/connection';
import { sha256Hex } from '../../store/database/sha256';
import { DomainError, rejectPointers } from '../../base/domain-error';
import { findPack, isShared, lockPack, type PackRow } from '../../store/packs/packs';
import type { PackApproval } from './approval';
import type { PackManifest } from '../read/manifest';
import type { JsonObject } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';

export interface SavedPack {
  readonly pack: PackRow;
  /** Directory of the files registered before, to be removed after the commit. */
  readonly replacedStorage: string | null;
  /** The pack was registered before. */
  readonly isUpdate: boolean;
}

export interface PackOptions {
  /** Directory of the files. */
  readonly storage: string;
  /** Their size; 0 where it does not count towards what a tenant keeps. */
  readonly storedBytes: number;
  /** SHA-256 of each file, by its path; null: not known. */
  readonly fileDigests: ReadonlyMap<string, string> | null;
  /** Updates an existing pack of that ref. */
  readonly force: boolean;
  /** Owner of a new pack; null: none. */
  readonly installer: number | null;
  /** Null for the platform itself, which nothing limits. */
  readonly approve: PackApproval | null;
  /** True for the standard pack, in the tenant of the transaction. */
  readonly standard: boolean;
}

/**
 * Inserts or updates the row of a pack. A new one gets the manifest's configuration; an existing
 * one keeps id, owner and configuration. Throws DomainError 409 CONFLICT if it exists and `force`
 * is false, 403 FORBIDDEN for the standard pack, 422 VALIDATION_ERROR where the schema of the
 * configuration would show a stored secret.
 */
export async function savePack(
  transaction: Transaction,
  manifest: PackManifest,
  { storage, storedBytes, fileDigests, force, standard, installer }: PackOptions,
  approve: (installed: PackRow | null) => Promise<void>,
): Promise<SavedPack> {
  const existing = await lockReplaceable(transaction, manifest.ref, { force, standard });
  await approve(existing);
  if (existing !== null) rejectShownConfig(existing, manifest.confSchema);
  const columns = {
    ...packColumns(manifest),
    storage,
    stored_bytes: storedBytes,
    files_digest: fileDigests && filesDigest(fileDigests),
    is_standard: standard || (existing?.is_standard ?? false),
  };
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
  return { pack, replacedStorage: existing?.storage ?? null, isUpdate: existing !== null };
}

/** The pack of this ref, locked; null: there is none. Throws as `savePack` does. */
export async function lockReplaceable(
  transaction: Transaction,
  ref: string,
  { force, standard }: Pick<PackOptions, 'force' | 'standard'>,
): Promise<PackRow | null> {
  const existing = await lockPack(transaction, ref);
  if (existing === null && !standard) await rejectSharedPack(transaction, ref, force);
  if (existing !== null && !force) throw alreadyExists(ref);
  return existing;
}

function rejectShownConfig({ config, conf_schema: schema }: PackRow, newSchema: JsonObject): void {
  const pointers = disclosedParameters({ stored: config, schema, given: undefined, newSchema });
  const why = 'is a stored secret, and would not be one any more: remove it from the configuration first';
  rejectPointers('config', pointers, why);
}

async function rejectSharedPack(transaction: Transaction, ref: string, force: boolean): Promise<void> {
  const pack = await findPack(transaction, ref);
  if (pack === null || !isShared(pack)) return;
  throw force ? new DomainError('FORBIDDEN', `Pack '${ref}' is read-only`) : alreadyExists(ref);
}

const alreadyExists = (ref: string) => new DomainError('CONFLICT', `Pack '${ref}' already exists`);

/** Workflows have revisions of their own. */
const WORKFLOW_FOLDERS = ['workflows/', 'actions/workflows/'];

/** Of the files that an action may read. */
function filesDigest(digests: ReadonlyMap<string, string>): string {
  const files = [...digests].filter(([path]) => !WORKFLOW_FOLDERS.some((folder) => path.startsWith(folder)));
  return sha256Hex(writeJson(files.sort(([left], [right]) => (left < right ? -1 : 1))));
}

const packColumns = (manifest: PackManifest) => ({
  label: manifest.label,
  description: manifest.description,
  version: manifest.version,
  conf_schema: asJson(manifest.confSchema),
  meta: asJson(manifest.meta),
  tags: [...manifest.tags],
  runtime_deps: [...manifest.runtimeDeps],
  dependencies: [...manifest.dependencies],
  network: manifest.network,
});
