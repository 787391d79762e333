import { canReadArtifact } from './artifact-rights';
import type { AuthorizationTarget } from './constraints';
import { findArtifact, type ArtifactAccess, type FoundArtifact } from '../store/artifacts/artifacts';
import type { Transaction } from '../store/database/connection';
import { listPacks, findPack, isShared, type PackRow } from '../store/packs/packs';
import type { Caller } from './caller';
import { DomainError, notFound } from '../base/domain-error';
import { callerRights } from './grants';
import type { Rights } from './rights';
import { packTarget } from './authorization-targets';

/** A running action has the rights of its token, not those of its identity: null. */
export const ownIdentity = ({ tokenType, identity }: Caller): number | null =>
  tokenType === 'access' ? identity : null;

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
  const rights = await callerRights(transaction, caller);
  if (!row || !(await isReadableArtifact(transaction, caller, rights, row))) throw artifactNotFound(idOrRef);
  return row;
}

const artifactNotFound = (idOrRef: number | string) => notFound(`Artifact '${idOrRef}'`);

/** The same of one that the caller is about to change: FORBIDDEN for a running action. */
export async function loadWrittenArtifact(
  transaction: Transaction,
  caller: Caller,
  idOrRef: number | string,
): Promise<FoundArtifact> {
  const row = await findWrittenArtifact(transaction, caller, idOrRef);
  if (!row) throw artifactNotFound(idOrRef);
  return row;
}

/**
 * The same; null where there is none. One that is hidden is FORBIDDEN for a running action, and
 * NOT_FOUND for others. No one else changes it until the commit.
 */
export async function findWrittenArtifact(
  transaction: Transaction,
  caller: Caller,
  idOrRef: number | string,
): Promise<FoundArtifact | null> {
  const row = await findArtifact(transaction, idOrRef, 'for update');
  if (!row) return null;
  const rights = await callerRights(transaction, caller);
  if (await isReadableArtifact(transaction, caller, rights, row)) return row;
  throw caller.tokenType === 'execution' ? notItsOwn() : artifactNotFound(idOrRef);
}

/** Whether the caller, with these rights, may read the artifact. */
export async function isReadableArtifact(
  transaction: Transaction,
  caller: Caller,
  rights: Rights,
  row: ArtifactAccess,
): Promise<boolean> {
  const ref = row.owning_pack_ref;
  const pack = ref === null ? null : owningPackTarget(ref, await findPack(transaction, ref));
  return canReadArtifact(rights, row, ownIdentity(caller), pack);
}

/**
 * A running action writes artifacts of its own pack only: the pack's, and those of an action or a
 * sensor of that pack. Its grants alone decide about those of identities and of the system.
 * FORBIDDEN.
 */
export function requireOwnPack(
  { tokenType, actionRef }: Caller,
  { scope, owner }: Pick<ArtifactAccess, 'scope' | 'owner'>,
): void {
  if (tokenType !== 'execution' || !isOfPack(scope)) return;
  const ownPack = packPart(actionRef ?? '');
  const pack = scope === 'pack' ? owner : packPart(owner);
  if (ownPack === null || pack !== ownPack) throw notItsOwn();
}

const isOfPack = (scope: ArtifactAccess['scope']): boolean => scope !== 'identity' && scope !== 'system';

const notItsOwn = () => new DomainError('FORBIDDEN', 'An execution may write artifacts of its own pack only');

/** The part of a component's ref before the dot; null where there is none. */
const packPart = (ref: string): string | null => (ref.includes('.') ? ref.slice(0, ref.indexOf('.')) : null);

/** Only a grant that names a pack covers one that was removed. */
const owningPackTarget = (ref: string, pack: PackRow | null): AuthorizationTarget =>
  pack ? packTarget(pack) : { ref, packRef: ref, isPrivate: true };

/** The rows that the caller may read. */
export async function filterReadable<T extends ArtifactAccess>(
  transaction: Transaction,
  caller: Caller,
  rows: readonly T[],
): Promise<T[]> {
  const rights = await callerRights(transaction, caller);
  const packs = await packsByRef(transaction);
  return rows.filter((row) => {
    const ref = row.owning_pack_ref;
    const pack = ref === null ? null : owningPackTarget(ref, packs.get(ref) ?? null);
    return canReadArtifact(rights, row, ownIdentity(caller), pack);
  });
}

/** By ref; the pack of the tenant takes precedence over a shared one of the same ref. */
async function packsByRef(transaction: Transaction): Promise<ReadonlyMap<string, PackRow>> {
  const packs = [...(await listPacks(transaction))].sort((a, b) => Number(isShared(b)) - Number(isShared(a)));
  return new Map(packs.map((pack) => [pack.ref, pack]));
}
