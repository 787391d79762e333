import type { CreateArtifact, NewFileByRef } from '../../../contract/artifact-requests';
import { defaultVisibility } from '../../../contract/artifacts';
import { findWrittenArtifact, ownIdentity, requireOwnPack } from '../../auth/artifact-access';
import { writtenArtifactTarget } from '../../auth/artifact-rights';
import type { Caller } from '../../auth/caller';
import { findArtifact, lockArtifactRef, type FoundArtifact } from '../../store/artifacts/artifacts';
import { findOwningPackRef } from '../../store/artifacts/owning-pack';
import { createArtifact } from '../../store/artifacts/write-artifacts';
import type { Transaction } from '../../store/database/connection';
import { requireRef, versionExecution } from './write-requirements';

interface RefCall {
  readonly transaction: Transaction;
  readonly caller: Caller;
  readonly params: { readonly ref: string };
  readonly body: NewFileByRef;
}

/** An artifact that exists, or what is needed to create it. */
interface ArtifactOfRef {
  readonly artifact: FoundArtifact | null;
  readonly owningPackRef: string | null;
  readonly execution: number | null;
}

type LoadedCall = RefCall & { readonly loaded: ArtifactOfRef };

/** Versions that an artifact keeps which is created with its first version. */
const DEFAULT_LIMIT = 10;

const newArtifact = ({ params, body }: RefCall): CreateArtifact => ({
  ref: params.ref,
  scope: body.scope ?? 'action',
  owner: body.owner ?? '',
  type: body.type ?? 'file_text',
  ...(body.visibility && { visibility: body.visibility }),
  ...(body.retention_policy && { retention_policy: body.retention_policy }),
  ...(body.retention_limit && { retention_limit: body.retention_limit }),
  ...(body.name !== undefined && { name: body.name }),
  ...(body.description !== undefined && { description: body.description }),
});

function newTarget(call: LoadedCall) {
  const { ref, scope, owner, type, visibility = defaultVisibility(type) } = newArtifact(call);
  return writtenArtifactTarget({ ref, scope, owner, visibility, owning_pack_ref: call.loaded.owningPackRef });
}

/**
 * Requirements of a route that adds a version to the artifact of a ref, which it creates where
 * there is none: NOT_FOUND for one that the caller may not read (FORBIDDEN for a running action),
 * then FORBIDDEN. Requests for one ref follow each other.
 */
export const onArtifactOfRef = {
  grant: 'artifacts:update',
  validate: ({ params }: RefCall) => requireRef(params),
  load: async (call: RefCall): Promise<ArtifactOfRef> => {
    const { transaction, caller, params, body } = call;
    await lockArtifactRef(transaction, caller.tenant, params.ref);
    const artifact = await findWrittenArtifact(transaction, caller, params.ref);
    const owningPackRef = artifact ? artifact.owning_pack_ref : await findOwningPackRef(transaction, newArtifact(call));
    return { artifact, owningPackRef, execution: await versionExecution(transaction, caller, body.execution) };
  },
  isExempt: ({ loaded }: LoadedCall) => loaded.artifact === null,
  target: (call: LoadedCall) =>
    call.loaded.artifact === null ? newTarget(call) : writtenArtifactTarget(call.loaded.artifact),
  additionalGrants: [
    {
      grant: 'artifacts:create',
      target: (call: LoadedCall) => (call.loaded.artifact === null ? newTarget(call) : null),
    },
  ],
  check: (call: LoadedCall) => requireOwnPack(call.caller, call.loaded.artifact ?? newArtifact(call)),
} as const;

/** The artifact of the ref, created where there was none. */
export async function createdOrFound(call: LoadedCall): Promise<FoundArtifact> {
  const { transaction, caller, loaded } = call;
  if (loaded.artifact) return loaded.artifact;
  const origin = { creator: ownIdentity(caller), execution: loaded.execution, defaultLimit: DEFAULT_LIMIT };
  const id = await createArtifact(transaction, newArtifact(call), origin);
  return (await findArtifact(transaction, id))!;
}
