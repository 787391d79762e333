import { Type } from '@sinclair/typebox';
import {
  Artifact,
  ArtifactFilter,
  ArtifactSummary,
  ArtifactVersion,
  ArtifactVersionSummary,
} from '../../contract/artifacts';
import { one, page } from '../../contract/envelopes';
import { Id } from '../../contract/json';
import {
  artifactNames,
  artifactOf,
  artifactsAt,
  artifactSummaryOf,
  findVersion,
  versionOf,
  versionsOf,
  versionSummaryOf,
  type VersionRow,
} from '../store/artifacts';
import type { Transaction } from '../store/database';
import { readableArtifact, readableOf } from './artifact-access';
import type { Api, ApiContext, Caller } from './context';
import { notFound } from './errors';
import { PageQuery, envelope, pageOf } from './paging';

const PATH = '/api/v1/artifacts';
const tags = ['artifacts'];
export const artifactParams = Type.Object({ id: Id });
export const versionParams = Type.Object({ id: Id, version: Id });
/** Who may read none is told of none. */
const filtered = { grant: 'artifacts:read', lack: 'filtered' } as const;
export const unseen = { grant: 'artifacts:read', lack: 404 } as const;
const PAGES = { sizeName: 'per_page', default: 20, cap: 100 } as const;

/** What executions leave behind. */
export function artifactsRoutes(api: Api, context: ApiContext): void {
  listRoutes(api, context);
  readRoutes(api, context);
  versionRoutes(api, context);
}

function listRoutes(api: Api, { db }: ApiContext): void {
  api.get(
    PATH,
    {
      config: filtered,
      schema: {
        tags,
        querystring: Type.Object({ ...PageQuery.properties, ...ArtifactFilter.properties }),
        response: { 200: page(ArtifactSummary) },
      },
    },
    ({ caller, query }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const wanted = pageOf(query, PAGES);
        const readable = await readableOf(transaction, caller, await artifactNames(transaction, query));
        const ids = readable.slice(wanted.offset, wanted.offset + wanted.limit).map(({ id }) => id);
        const rows = await artifactsAt(transaction, ids);
        return envelope(wanted, rows.map(artifactSummaryOf), readable.length);
      }),
  );

  api.get(
    '/api/v1/executions/:id/artifacts',
    {
      config: filtered,
      schema: { tags, params: artifactParams, response: { 200: one(Type.Array(ArtifactSummary)) } },
    },
    ({ caller, params: { id: execution } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const readable = await readableOf(transaction, caller, await artifactNames(transaction, { execution }));
        const ids = readable.map(({ id }) => id);
        return { data: (await artifactsAt(transaction, ids)).map(artifactSummaryOf) };
      }),
  );
}

function readRoutes(api: Api, { db }: ApiContext): void {
  api.get(
    `${PATH}/:id`,
    { config: unseen, schema: { tags, params: artifactParams, response: { 200: one(Artifact) } } },
    ({ caller, params: { id } }) =>
      db.inTenant(caller.tenant, async (transaction) => ({
        data: artifactOf(await readableArtifact(transaction, caller, id)),
      })),
  );

  api.get(
    `${PATH}/ref/:ref`,
    {
      config: unseen,
      schema: { tags, params: Type.Object({ ref: Type.String() }), response: { 200: one(Artifact) } },
    },
    ({ caller, params: { ref } }) =>
      db.inTenant(caller.tenant, async (transaction) => ({
        data: artifactOf(await readableArtifact(transaction, caller, ref)),
      })),
  );
}

function versionRoutes(api: Api, { db }: ApiContext): void {
  api.get(
    `${PATH}/:id/versions`,
    {
      config: unseen,
      schema: { tags, params: artifactParams, response: { 200: one(Type.Array(ArtifactVersionSummary)) } },
    },
    ({ caller, params: { id } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const artifact = await readableArtifact(transaction, caller, id);
        return { data: (await versionsOf(transaction, artifact.id)).map(versionSummaryOf) };
      }),
  );

  const response = { 200: one(ArtifactVersion) };
  api.get(
    `${PATH}/:id/versions/latest`,
    { config: unseen, schema: { tags, params: artifactParams, response } },
    ({ caller, params: { id } }) =>
      db.inTenant(caller.tenant, async (transaction) => ({
        data: versionOf((await readableVersion(transaction, caller, id, 'latest')).version),
      })),
  );

  api.get(
    `${PATH}/:id/versions/:version`,
    { config: unseen, schema: { tags, params: versionParams, response } },
    ({ caller, params: { id, version } }) =>
      db.inTenant(caller.tenant, async (transaction) => ({
        data: versionOf((await readableVersion(transaction, caller, id, version)).version),
      })),
  );
}

/** An artifact that the caller may read, and one of its versions. Throws NOT_FOUND. */
export async function readableVersion(transaction: Transaction, caller: Caller, id: number, which: number | 'latest') {
  const artifact = await readableArtifact(transaction, caller, id);
  const version: VersionRow | null = await findVersion(transaction, artifact.id, which);
  if (!version) throw notFound(`Version ${which} of artifact '${id}'`);
  return { artifact, version };
}
