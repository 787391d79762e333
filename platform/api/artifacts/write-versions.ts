import { ArtifactVersion } from '../../../contract/artifacts';
import { NewVersion } from '../../../contract/artifact-requests';
import { dataEnvelope } from '../../../contract/envelopes';
import { contentBytes } from '../../core/data/json-content';
import { notFound } from '../../base/domain-error';
import { addVersion, findArtifactVersion, removeVersion, toArtifactVersion } from '../../store/artifacts/versions';
import type { Api } from '../http/context';
import { deleteRoute } from '../http/delete-route';
import { route } from '../http/route';
import { artifactParams, versionParams } from './artifacts';
import { onNewVersion, onVersionOfWritten, onWrittenArtifact } from './write-requirements';

const PATH = '/api/v1/artifacts/:id/versions';
const tags = ['artifacts'];
const JSON_TYPE = 'application/json';

export function writeVersionsRoutes(api: Api): void {
  route(api, {
    ...onNewVersion,
    method: 'POST',
    path: PATH,
    grant: 'artifacts:update',
    schema: { tags, params: artifactParams, body: NewVersion, response: { 201: dataEnvelope(ArtifactVersion) } },
    handle: async ({ transaction, body, loaded: { artifact, execution } }) => {
      const content_type = body.content_type ?? artifact.content_type ?? JSON_TYPE;
      const { content, meta = null, created_by = null } = body;
      const version = { content_type, execution, meta, created_by, content_json: content };
      const size_bytes = contentBytes(content, content_type).length;
      return { data: toArtifactVersion(await addVersion(transaction, artifact, { ...version, size_bytes })) };
    },
  });

  deleteRoute(api, {
    ...onVersionOfWritten,
    path: `${PATH}/:version`,
    grant: 'artifacts:delete',
    tags,
    params: versionParams,
    load: async (call) => {
      const artifact = await onWrittenArtifact.load(call);
      const version = await findArtifactVersion(call.transaction, artifact.id, call.params.version);
      if (!version) throw notFound(`Version ${call.params.version} of artifact '${call.params.id}'`);
      return { artifact, version };
    },
    remove: ({ transaction, loaded }) => removeVersion(transaction, loaded.version),
    name: ({ params, loaded }) => `Version ${params.version} of artifact '${loaded.artifact.ref}'`,
  });
}
