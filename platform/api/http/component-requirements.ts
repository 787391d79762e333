import { Type } from '@sinclair/typebox';
import type { GrantName } from '../../../contract/permissions';
import { componentTarget, type ComponentRow } from '../../auth/authorization-targets';
import { rejectShared } from '../../auth/pack-access';
import { requirePackOfRef, requireVisiblePack } from '../../auth/pack-write';
import type { Rights } from '../../auth/rights';
import type { Transaction } from '../../store/database/connection';
import { findPack, type PackRow } from '../../store/packs/packs';

export const refParams = Type.Object({ ref: Type.String() });

interface RefCall {
  readonly transaction: Transaction;
  readonly params: { readonly ref: string };
}

type Loader<R> = (transaction: Transaction, ref: string) => Promise<R>;

/**
 * Requirements of a route on one component, named by its ref: NOT_FOUND, then FORBIDDEN without
 * the grant for it.
 */
export const onComponent = <R extends ComponentRow>(load: Loader<R>) => ({
  load: ({ transaction, params }: RefCall) => load(transaction, params.ref),
  target: ({ loaded }: { readonly loaded: R }) => componentTarget(loaded),
});

interface RightsCall {
  readonly transaction: Transaction;
  readonly rights: () => Promise<Rights>;
}

/**
 * The same for a change: FORBIDDEN too for a component that is shipped with the platform, and for
 * one of a pack that the caller cannot read.
 */
export const onOwnComponent = <R extends OwnComponentRow>(load: Loader<R>) => ({
  ...onComponent(load),
  check: ({ transaction, rights, loaded }: RightsCall & { readonly loaded: R }) =>
    requireOwnComponent(transaction, rights, loaded),
});

type OwnComponentRow = ComponentRow & { readonly tenant: number };

export async function requireOwnComponent(
  transaction: Transaction,
  rights: RightsCall['rights'],
  row: OwnComponentRow,
): Promise<void> {
  rejectShared(row);
  const pack = typeof row.pack_ref === 'string' ? await findPack(transaction, row.pack_ref) : null;
  requireVisiblePack(await rights(), pack);
}

/**
 * The same for a route that creates one, with the grant that it needs; `load` returns the pack of
 * the new component, and throws what comes before FORBIDDEN.
 */
export const onNewComponent = <B extends ComponentRow, P extends PackRow | null>(
  grant: GrantName,
  load: (transaction: Transaction, body: B) => Promise<P>,
) => ({
  grant,
  load: ({ transaction, body }: { readonly transaction: Transaction; readonly body: B }) => load(transaction, body),
  target: ({ body }: { readonly body: B }) => componentTarget(body),
  check: ({ transaction, rights, body, loaded }: RightsCall & { readonly body: B; readonly loaded: P }) =>
    requireNewComponent(transaction, rights, grant, body, loaded),
});

/** FORBIDDEN for a pack, or a ref, under which the caller may create nothing. */
export async function requireNewComponent(
  transaction: Transaction,
  rights: RightsCall['rights'],
  grant: GrantName,
  body: ComponentRow,
  pack: PackRow | null,
): Promise<void> {
  requireVisiblePack(await rights(), pack);
  await requirePackOfRef(transaction, await rights(), grant, body);
}

/** Of a list of what belongs to one component or pack, named by its ref: NOT_FOUND. */
export const inParent = <R>(load: Loader<R>) => ({
  params: refParams,
  load: ({ transaction, params }: RefCall) => load(transaction, params.ref),
});
