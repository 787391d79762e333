import { mayReadArtifact, owningPack } from '../access/artifacts';
import type { Target } from '../access/constraints';
import { findArtifact, type ArtifactName, type ArtifactRow } from '../store/artifacts';
import type { Transaction } from '../store/database';
import { allPacks, findPack, isShared } from '../store/packs';
import type { Caller } from './context';
import { notFound } from './errors';
import { rightsOf } from './grants';
import { packTarget } from './targets';

/** A running action has the rights of its token, and is not its maker. */
const himself = ({ tokenType, identity }: Caller): number | null => (tokenType === 'access' ? identity : null);

/** An artifact that the caller may read. Throws NOT_FOUND, the same for what does not exist and what is not for them. */
export async function readableArtifact(
  transaction: Transaction,
  caller: Caller,
  which: number | string,
): Promise<ArtifactRow> {
  const row = await findArtifact(transaction, which);
  if (row) {
    const ref = owningPack(row);
    const pack = ref === null ? null : await findPack(transaction, ref);
    const rights = await rightsOf(transaction, caller);
    if (mayReadArtifact(rights, row, himself(caller), pack && packTarget(pack))) return row;
  }
  throw notFound(`Artifact '${which}'`);
}

/** Those of them that the caller may read. */
export async function readableOf<T extends ArtifactName>(
  transaction: Transaction,
  caller: Caller,
  rows: readonly T[],
): Promise<T[]> {
  const rights = await rightsOf(transaction, caller);
  const packs = await packTargets(transaction);
  return rows.filter((row) => mayReadArtifact(rights, row, himself(caller), packs.get(owningPack(row) ?? '') ?? null));
}

/** By ref; a tenant's own goes before a shared one of the same ref. */
async function packTargets(transaction: Transaction): Promise<ReadonlyMap<string, Target>> {
  const packs = [...(await allPacks(transaction))].sort((a, b) => Number(isShared(b)) - Number(isShared(a)));
  return new Map(packs.map((pack) => [pack.ref, packTarget(pack)]));
}
