import { canReadArtifact } from './artifact-rights';
import type { AuthorizationTarget } from './constraints';
import { findArtifact, type ArtifactAccess, type FoundArtifact } from '../store/executions/artifacts';
import type { Transaction } from '../store/database/connection';
import { listPacks, findPack, isShared } from '../store/packs/packs';
import type { Caller } from './caller';
import { notFound } from '../domain-error';
import { callerRights } from './grants';
import { packTarget } from './authorization-targets';

/** A running action has the rights of its token, not those of its identity. */
const ownIdentity = ({ tokenType, identity }: Caller): number | null => (tokenType === 'access' ? identity : null);

/**
 * An artifact that the caller may read. NOT_FOUND, the same for one that does not exist and one
 * that is hidden.
 */
export async function loadReadableArtifact(
  transaction: Transaction,
  caller: Caller,
  idOrRef: number | string,
): Promise<FoundArtifact> {
  const row = await findArtifact(transaction, idOrRef);
  if (row) {
    const ref = row.owning_pack_ref;
    const pack = ref === null ? null : await findPack(transaction, ref);
    const rights = await callerRights(transaction, caller);
    if (canReadArtifact(rights, row, ownIdentity(caller), pack && packTarget(pack))) return row;
  }
  throw notFound(`Artifact '${idOrRef}'`);
}

/** The rows that the caller may read. */
export async function filterReadable<T extends ArtifactAccess>(
  transaction: Transaction,
  caller: Caller,
  rows: readonly T[],
): Promise<T[]> {
  const rights = await callerRights(transaction, caller);
  const packs = await packTargetsByRef(transaction);
  return rows.filter((row) =>
    canReadArtifact(rights, row, ownIdentity(caller), packs.get(row.owning_pack_ref ?? '') ?? null),
  );
}

/** By ref; the pack of the tenant takes precedence over a shared one of the same ref. */
async function packTargetsByRef(transaction: Transaction): Promise<ReadonlyMap<string, AuthorizationTarget>> {
  const packs = [...(await listPacks(transaction))].sort((a, b) => Number(isShared(b)) - Number(isShared(a)));
  return new Map(packs.map((pack) => [pack.ref, packTarget(pack)]));
}
