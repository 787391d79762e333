import { Type } from '@sinclair/typebox';
import {
  Artifact,
  ArtifactFilter,
  ArtifactSummary,
  ArtifactVersion,
  ArtifactVersionSummary,
} from '../../../contract/artifacts';
import { dataEnvelope } from '../../../contract/envelopes';
import { Id } from '../../../contract/json';
import { filterReadable, loadReadableArtifact } from '../../auth/artifact-access';
import type { Caller } from '../../auth/caller';
import { notFound } from '../../base/domain-error';
import type { Transaction } from '../../store/database/connection';
import { findArtifactsById, listArtifactAccess, toArtifact, toArtifactSummary } from '../../store/artifacts/artifacts';
import {
  findArtifactVersion,
  listArtifactVersions,
  toArtifactVersion,
  toArtifactVersionSummary,
} from '../../store/artifacts/versions';
import { refParams } from '../http/component-requirements';
import type { Api } from '../http/context';
import { listRoute, pageRows } from '../http/list-route';
import { route } from '../http/route';

const PATH = '/api/v1/artifacts';
const tags = ['artifacts'];
export const artifactParams = Type.Object({ id: Id });
export const versionParams = Type.Object({ id: Id, version: Id });

/** Files and logs that executions leave. */
export function artifactsRoutes(api: Api): void {
  listRoutes(api);
  readRoutes(api);
  versionRoutes(api);
}

function listRoutes(api: Api): void {
  listRoute(api, {
    path: PATH,
    tags,
    grant: 'custom',
    filter: ArtifactFilter,
    item: ArtifactSummary,
    pages: { sizeName: 'per_page', default: 20, cap: 100 },
    list: async ({ transaction, caller, query, page }) => {
      const readable = await filterReadable(transaction, caller, await listArtifactAccess(transaction, query));
      const ids = pageRows(readable, page).map(({ id }) => id);
      return { rows: await findArtifactsById(transaction, ids), total: readable.length };
    },
    toItem: toArtifactSummary,
  });

  route(api, {
    method: 'GET',
    path: '/api/v1/executions/:id/artifacts',
    grant: 'custom',
    schema: { tags, params: artifactParams, response: { 200: dataEnvelope(Type.Array(ArtifactSummary)) } },
    handle: async ({ transaction, caller, params: { id: execution } }) => {
      const access = await listArtifactAccess(transaction, { execution });
      const ids = (await filterReadable(transaction, caller, access)).map(({ id }) => id);
      return { data: (await findArtifactsById(transaction, ids)).map(toArtifactSummary) };
    },
  });
}

interface ArtifactCall {
  readonly transaction: Transaction;
  readonly caller: Caller;
  readonly params: { readonly id: number };
}

/** Loads the artifact that a path names, if the caller may read it; else NOT_FOUND. */
export const onArtifact = {
  grant: 'custom',
  load: ({ transaction, caller, params: { id } }: ArtifactCall) => loadReadableArtifact(transaction, caller, id),
} as const;

function readRoutes(api: Api): void {
  const response = { 200: dataEnvelope(Artifact) };

  route(api, {
    ...onArtifact,
    method: 'GET',
    path: `${PATH}/:id`,
    schema: { tags, params: artifactParams, response },
    handle: ({ loaded }) => ({ data: toArtifact(loaded) }),
  });

  route(api, {
    method: 'GET',
    path: `${PATH}/ref/:ref`,
    grant: 'custom',
    schema: { tags, params: refParams, response },
    load: ({ transaction, caller, params: { ref } }) => loadReadableArtifact(transaction, caller, ref),
    handle: ({ loaded }) => ({ data: toArtifact(loaded) }),
  });
}

function versionRoutes(api: Api): void {
  const response = { 200: dataEnvelope(ArtifactVersion) };

  route(api, {
    ...onArtifact,
    method: 'GET',
    path: `${PATH}/:id/versions`,
    schema: { tags, params: artifactParams, response: { 200: dataEnvelope(Type.Array(ArtifactVersionSummary)) } },
    handle: async ({ transaction, loaded }) => ({
      data: (await listArtifactVersions(transaction, loaded.id)).map(toArtifactVersionSummary),
    }),
  });

  route(api, {
    ...onLatestVersion,
    method: 'GET',
    path: `${PATH}/:id/versions/latest`,
    schema: { tags, params: artifactParams, response },
    handle: ({ loaded }) => ({ data: toArtifactVersion(loaded.version) }),
  });

  route(api, {
    ...onVersion,
    method: 'GET',
    path: `${PATH}/:id/versions/:version`,
    schema: { tags, params: versionParams, response },
    handle: ({ loaded }) => ({ data: toArtifactVersion(loaded.version) }),
  });
}

/** Loads the newest version of an artifact that the caller may read; NOT_FOUND. */
export const onLatestVersion = {
  grant: 'custom',
  load: (call: ArtifactCall) => loadReadableVersion(call, 'latest'),
} as const;

/** Loads the version that a path names of an artifact that the caller may read; NOT_FOUND. */
export const onVersion = {
  grant: 'custom',
  load: (call: ArtifactCall & { readonly params: { readonly version: number } }) =>
    loadReadableVersion(call, call.params.version),
} as const;

async function loadReadableVersion(call: ArtifactCall, versionNumber: number | 'latest') {
  const artifact = await onArtifact.load(call);
  const version = await findArtifactVersion(call.transaction, artifact.id, versionNumber);
  if (!version) throw notFound(`Version ${versionNumber} of artifact '${call.params.id}'`);
  return { artifact, version };
}
