import { Artifact, defaultVisibility } from '../../../contract/artifacts';
import { AppendProgress, CreateArtifact, ReplaceData, UpdateArtifact } from '../../../contract/artifact-requests';
import { dataEnvelope } from '../../../contract/envelopes';
import { ownIdentity, requireOwnPack } from '../../auth/artifact-access';
import { writtenArtifactTarget } from '../../auth/artifact-rights';
import { DomainError } from '../../base/domain-error';
import { findArtifact, toArtifact, type FoundArtifact } from '../../store/artifacts/artifacts';
import { findOwningPackRef } from '../../store/artifacts/owning-pack';
import {
  appendProgress,
  createArtifact,
  removeArtifact,
  replaceData,
  updateArtifact,
} from '../../store/artifacts/write-artifacts';
import type { Api } from '../http/context';
import { deleteRoute } from '../http/delete-route';
import { route } from '../http/route';
import { artifactParams } from './artifacts';
import { onWrittenArtifact, requireRef } from './write-requirements';

const PATH = '/api/v1/artifacts';
const tags = ['artifacts'];
const item = { tags, params: artifactParams, response: { 200: dataEnvelope(Artifact) } };
/** Versions that an artifact keeps where nothing else says it. */
const DEFAULT_LIMIT = 5;

export function writeArtifactsRoutes(api: Api): void {
  createRoute(api);
  changeRoutes(api);
  dataRoutes(api);
}

function createRoute(api: Api): void {
  route(api, {
    method: 'POST',
    path: PATH,
    grant: 'artifacts:create',
    schema: { tags, body: CreateArtifact, response: { 201: dataEnvelope(Artifact) } },
    validate: ({ body }) => requireRef(body),
    load: async ({ transaction, body }) => {
      if (await findArtifact(transaction, body.ref))
        throw new DomainError('CONFLICT', `Artifact '${body.ref}' already exists`, { path: 'ref' });
      return findOwningPackRef(transaction, body);
    },
    target: ({ body, loaded }) => writtenArtifactTarget({ ...newAttributes(body), owning_pack_ref: loaded }),
    check: ({ caller, body }) => requireOwnPack(caller, body),
    handle: async ({ transaction, caller, body }) => {
      const origin = { creator: ownIdentity(caller), execution: caller.execution, defaultLimit: DEFAULT_LIMIT };
      const id = await createArtifact(transaction, body, origin);
      return { data: toArtifact((await findArtifact(transaction, id))!) };
    },
  });
}

const newAttributes = ({ ref, scope, owner, type, visibility }: CreateArtifact) => ({
  ref,
  scope,
  owner,
  visibility: visibility ?? defaultVisibility(type),
});

function changeRoutes(api: Api): void {
  route(api, {
    ...onWrittenArtifact,
    method: 'PUT',
    path: `${PATH}/:id`,
    grant: 'artifacts:update',
    schema: { ...item, body: UpdateArtifact },
    additionalGrants: [
      {
        grant: 'artifacts:update',
        target: async ({ transaction, body, loaded }) => {
          const changed = changedAttributes(loaded, body);
          return writtenArtifactTarget({
            ...changed,
            owning_pack_ref: await findOwningPackRef(transaction, changed),
          });
        },
      },
    ],
    check: ({ caller, body, loaded }) => {
      requireOwnPack(caller, loaded);
      requireOwnPack(caller, changedAttributes(loaded, body));
    },
    handle: async ({ transaction, body, loaded }) => ({
      data: toArtifact(await updateArtifact(transaction, loaded.id, body)),
    }),
  });

  deleteRoute(api, {
    ...onWrittenArtifact,
    path: `${PATH}/:id`,
    grant: 'artifacts:delete',
    tags,
    params: artifactParams,
    remove: ({ transaction, loaded }) => removeArtifact(transaction, loaded.id),
    name: ({ loaded }) => `Artifact '${loaded.ref}'`,
  });
}

/** What decides about access, as it is after the change. */
const changedAttributes = (row: FoundArtifact, { scope, owner, visibility }: UpdateArtifact) => ({
  id: row.id,
  ref: row.ref,
  scope: scope ?? row.scope,
  owner: owner ?? row.owner,
  visibility: visibility ?? row.visibility,
});

function dataRoutes(api: Api): void {
  route(api, {
    ...onWrittenArtifact,
    method: 'POST',
    path: `${PATH}/:id/progress`,
    grant: 'artifacts:update',
    schema: { ...item, body: AppendProgress },
    handle: async ({ transaction, body, loaded }) => {
      if (loaded.type !== 'progress')
        throw new DomainError('BAD_REQUEST', `an artifact of type ${loaded.type} has no progress`, { path: 'type' });
      return { data: toArtifact(await appendProgress(transaction, loaded.id, body.entry)) };
    },
  });

  route(api, {
    ...onWrittenArtifact,
    method: 'PUT',
    path: `${PATH}/:id/data`,
    grant: 'artifacts:update',
    schema: { ...item, body: ReplaceData },
    handle: async ({ transaction, body, loaded }) => ({
      data: toArtifact(await replaceData(transaction, loaded.id, body.data)),
    }),
  });
}
