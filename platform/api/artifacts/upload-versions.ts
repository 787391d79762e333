import multipart from '@fastify/multipart';
import { ArtifactVersion } from '../../../contract/artifacts';
import { dataEnvelope } from '../../../contract/envelopes';
import { addVersion, toArtifactVersion } from '../../store/artifacts/versions';
import type { ArtifactRow } from '../../store/artifacts/artifacts';
import type { Transaction } from '../../store/database/connection';
import { requireForm } from '../http/form-requests';
import { refParams } from '../http/component-requirements';
import type { Api } from '../http/context';
import { route } from '../http/route';
import { namedPlugin } from '../http/named-plugin';
import { artifactParams } from './artifacts';
import { createdOrFound, onArtifactOfRef } from './artifact-of-ref';
import { FormSchema, readUploadForm, UPLOAD_LIMITS, type UploadForm } from './upload-form';
import { onNewVersion } from './write-requirements';

const PATH = '/api/v1/artifacts';
const form = {
  ...({ grant: 'artifacts:update', isBodyOptional: true, onRequest: requireForm } as const),
};
const schema = {
  tags: ['artifacts'],
  consumes: ['multipart/form-data'],
  body: FormSchema,
  response: { 201: dataEnvelope(ArtifactVersion) },
};

/** Versions whose bytes are sent in a form. */
export function uploadVersionsRoutes(api: Api): void {
  // A plugin of its own: no other route accepts such a form.
  void api.register(
    namedPlugin('artifact-uploads', async (scope) => {
      await scope.register(multipart, { limits: UPLOAD_LIMITS });
      scope.addHook('preValidation', async (request) => {
        request.body = await readUploadForm(request);
      });
      uploadToArtifact(scope);
      uploadToRef(scope);
    }),
  );
}

function uploadToArtifact(api: Api): void {
  route(api, {
    ...form,
    ...onNewVersion,
    method: 'POST',
    path: `${PATH}/:id/versions/upload`,
    schema: { ...schema, params: artifactParams },
    handle: async ({ transaction, body, loaded: { artifact, execution } }) => ({
      data: await addUpload(transaction, artifact, body, execution),
    }),
  });
}

function uploadToRef(api: Api): void {
  route(api, {
    ...form,
    ...onArtifactOfRef,
    method: 'POST',
    path: `${PATH}/ref/:ref/versions/upload`,
    schema: { ...schema, params: refParams },
    handle: async (call) => ({
      data: await addUpload(call.transaction, await createdOrFound(call), call.body, call.loaded.execution),
    }),
  });
}

async function addUpload(transaction: Transaction, artifact: ArtifactRow, form: UploadForm, execution: number | null) {
  const { file: bytes, content_type = null, meta = null, created_by = null } = form;
  const version = { bytes, size_bytes: bytes.length, content_type, meta, created_by, execution };
  return toArtifactVersion(await addVersion(transaction, artifact, version));
}
