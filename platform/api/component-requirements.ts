import { Type } from '@sinclair/typebox';
import { componentTarget, type ComponentRow } from '../auth/authorization-targets';
import { rejectShared } from '../auth/pack-access';
import type { Transaction } from '../store/database/connection';
import type { PackRow } from '../store/packs/packs';

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

/** The same for a change: FORBIDDEN too for a component that is shipped with the platform. */
export const onOwnComponent = <R extends ComponentRow & { readonly tenant: number }>(load: Loader<R>) => ({
  ...onComponent(load),
  check: ({ loaded }: { readonly loaded: R }) => rejectShared(loaded),
});

/**
 * The same for a route that creates one; `load` returns the pack of the new component, and throws
 * what comes before FORBIDDEN.
 */
export const onNewComponent = <B extends ComponentRow, P extends PackRow | null>(
  load: (transaction: Transaction, body: B) => Promise<P>,
) => ({
  load: ({ transaction, body }: { readonly transaction: Transaction; readonly body: B }) => load(transaction, body),
  target: ({ body }: { readonly body: B }) => componentTarget(body),
  check: ({ loaded }: { readonly loaded: P }) => rejectShared(loaded),
});

/** Of a list of what belongs to one component or pack, named by its ref: NOT_FOUND. */
export const inParent = <R>(load: Loader<R>) => ({
  params: refParams,
  load: ({ transaction, params }: RefCall) => load(transaction, params.ref),
});
