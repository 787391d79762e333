import { packTarget } from '../../auth/authorization-targets';
import type { Caller } from '../../auth/caller';
import { isPublicPack, loadPack, loadReadablePack, packNotFound, rejectShared } from '../../auth/pack-access';
import type { Transaction } from '../../store/database/connection';
import type { PackRow } from '../../store/packs/packs';

interface PackCall {
  readonly transaction: Transaction;
  readonly caller: Caller;
  readonly params: { readonly ref: string };
}
interface LoadedPack {
  readonly loaded: PackRow;
}

/**
 * Requirements of a route that reads a pack: NOT_FOUND, also for a pack that the caller may not
 * read.
 */
export const onReadablePack = {
  grant: 'packs:read',
  load: ({ transaction, params: { ref } }: PackCall) => loadPack(transaction, ref),
  target: ({ loaded }: LoadedPack) => packTarget(loaded),
  isExempt: ({ loaded }: LoadedPack) => isPublicPack(loaded),
  hiddenAs: ({ params: { ref } }: PackCall) => packNotFound(ref),
} as const;

/**
 * Requirements of a route that runs programs of a pack: NOT_FOUND as for reading it, then
 * FORBIDDEN without the right to execute all its actions.
 */
export const onTestedPack = {
  grant: 'actions:execute',
  load: ({ transaction, caller, params: { ref } }: PackCall) => loadReadablePack(transaction, caller, ref),
  target: ({ loaded: { ref: packRef } }: LoadedPack) => ({ packRef, owner: null }),
} as const;

/** Requirements of a route that changes a pack: NOT_FOUND as for reading it, then FORBIDDEN. */
export const onWritablePack = {
  load: ({ transaction, caller, params: { ref } }: PackCall) => loadReadablePack(transaction, caller, ref),
  target: ({ loaded }: LoadedPack) => packTarget(loaded),
  check: ({ loaded }: LoadedPack) => rejectShared(loaded),
};
