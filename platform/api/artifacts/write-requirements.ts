import type { CreateArtifact } from '../../../contract/artifact-requests';
import { loadWrittenArtifact, requireOwnPack } from '../../auth/artifact-access';
import { writtenArtifactTarget } from '../../auth/artifact-rights';
import type { Caller } from '../../auth/caller';
import { DomainError, notFound } from '../../base/domain-error';
import type { FoundArtifact } from '../../store/artifacts/artifacts';
import type { Transaction } from '../../store/database/connection';
import { findExecutionRow } from '../../store/executions/executions';

interface ArtifactCall {
  readonly transaction: Transaction;
  readonly caller: Caller;
  readonly params: { readonly id: number };
}

/**
 * Requirements of a route that changes one artifact: NOT_FOUND as for reading it, but FORBIDDEN
 * for a running action, then FORBIDDEN. No one else changes it until the commit.
 */
export const onWrittenArtifact = {
  load: ({ transaction, caller, params }: ArtifactCall) => loadWrittenArtifact(transaction, caller, params.id),
  target: ({ loaded }: { readonly loaded: FoundArtifact }) => writtenArtifactTarget(loaded),
  check: ({ caller, loaded }: { readonly caller: Caller; readonly loaded: FoundArtifact }) =>
    requireOwnPack(caller, loaded),
};

/** The same of a route that changes, adds or removes one of its versions. */
export const onVersionOfWritten = {
  target: ({ loaded }: { readonly loaded: { readonly artifact: FoundArtifact } }) =>
    writtenArtifactTarget(loaded.artifact),
  check: ({ caller, loaded }: { readonly caller: Caller; readonly loaded: { readonly artifact: FoundArtifact } }) =>
    requireOwnPack(caller, loaded.artifact),
};

interface NewVersionCall extends ArtifactCall {
  readonly body: { readonly execution?: number };
}

/** The same of a route that adds a version. */
export const onNewVersion = {
  ...onVersionOfWritten,
  load: async (call: NewVersionCall) => {
    const artifact = await onWrittenArtifact.load(call);
    return { artifact, execution: await versionExecution(call.transaction, call.caller, call.body.execution) };
  },
};

/** BAD_REQUEST for a ref without a visible character. */
export function requireRef({ ref }: Pick<CreateArtifact, 'ref'>): void {
  if (ref.trim() === '') throw new DomainError('BAD_REQUEST', 'ref must not be blank', { path: 'ref' });
}

/** The execution of a new version: the one that is named, or the caller's. NOT_FOUND. */
export async function versionExecution(
  transaction: Transaction,
  caller: Caller,
  named: number | undefined,
): Promise<number | null> {
  if (named === undefined) return caller.tokenType === 'execution' ? caller.execution : null;
  if (!(await findExecutionRow(transaction, named))) throw notFound(`Execution ${named}`);
  return named;
}
