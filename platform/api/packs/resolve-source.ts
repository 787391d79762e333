import type { Caller } from '../../auth/caller';
import type { EgressGuard } from '../../egress/egress-guard';
import { PACK_REF } from '../../packs/read/refs';
import { archiveOf } from '../../packs/registries/index-document';
import { parsePackSource, type PackOrigin } from '../../packs/sources/fetch-pack';
import type { ApiContext } from '../http/context';
import { findIndexedPack, loadRegistries } from './indexed-packs';

interface SourceRequest {
  readonly source: string;
  readonly refSpec: string | null;
  /** Of the only index to search; null: all that are enabled. */
  readonly registryUrl: string | null;
}

/**
 * Where a pack is fetched from: the source itself, or the archive of the first index that names a
 * pack of this ref. Throws what `parsePackSource` throws, and NOT_FOUND.
 */
export async function resolvePackSource(
  { db }: ApiContext,
  { tenant }: Caller,
  { source, refSpec, registryUrl }: SourceRequest,
  { guard, signal }: { readonly guard: EgressGuard; readonly signal: AbortSignal },
): Promise<PackOrigin> {
  if (refSpec !== null || !PACK_REF.test(source)) return parsePackSource(source, refSpec);
  const registries = await db.readingInTenant(tenant, (transaction) => loadRegistries(transaction));
  const searched = registries.filter(({ url }) => registryUrl === null || url === registryUrl);
  const { entry } = await findIndexedPack(searched, source, guard, signal);
  return { is: 'archive', ...archiveOf(entry) };
}
