import { dirname } from 'node:path';
import { ArtifactVersion, isFileType } from '../../../contract/artifacts';
import { NewFileByRef, NewFileVersion } from '../../../contract/artifact-requests';
import { dataEnvelope } from '../../../contract/envelopes';
import { fileExtension, versionFilePath } from '../../core/data/version-file';
import { artifactsDirectory } from '../../base/directories';
import { DomainError } from '../../base/domain-error';
import { createDirectoriesBelow, removeFileBelow } from '../../files/directory-below';
import type { ArtifactRow } from '../../store/artifacts/artifacts';
import { reclaimPath } from '../../store/artifacts/files';
import { addVersion, nextVersion, toArtifactVersion } from '../../store/artifacts/versions';
import type { Transaction } from '../../store/database/connection';
import { refParams } from '../http/component-requirements';
import type { Api, ApiContext } from '../http/context';
import { route } from '../http/route';
import { createdOrFound, onArtifactOfRef } from './artifact-of-ref';
import { artifactParams } from './artifacts';
import { onNewVersion } from './write-requirements';

const PATH = '/api/v1/artifacts';
const schema = { tags: ['artifacts'], response: { 201: dataEnvelope(ArtifactVersion) } };

/** Versions whose bytes a program writes to a file in its artifacts directory. */
export function fileVersionsRoutes(api: Api, { directory }: ApiContext): void {
  route(api, {
    ...onNewVersion,
    method: 'POST',
    path: `${PATH}/:id/versions/file`,
    grant: 'artifacts:update',
    schema: { ...schema, params: artifactParams, body: NewFileVersion },
    handle: async ({ transaction, body, loaded: { artifact, execution } }) => ({
      data: await addFile(transaction, directory, artifact, { ...body, execution }),
    }),
  });

  route(api, {
    ...onArtifactOfRef,
    method: 'POST',
    path: `${PATH}/ref/:ref/versions/file`,
    schema: { ...schema, params: refParams, body: NewFileByRef },
    handle: async (call) => {
      const artifact = await createdOrFound(call);
      const version = { ...call.body, execution: call.loaded.execution };
      return { data: await addFile(call.transaction, directory, artifact, version) };
    },
  });
}

type FileVersion = Omit<NewFileVersion, 'execution'> & { readonly execution: number | null };

/**
 * Adds a version whose file does not exist yet. BAD_REQUEST for a type without files, and for a
 * ref that gives no path of its own; CONFLICT where the path leads over something else.
 */
async function addFile(
  transaction: Transaction,
  directory: string,
  artifact: ArtifactRow,
  { content_type: given, execution, ...more }: FileVersion,
) {
  const { meta = null, created_by = null } = more;
  const content_type = given ?? artifact.content_type ?? (artifact.type === 'file_text' ? 'text/plain' : null);
  const file_path = filePathOf(artifact, content_type);
  await reclaimPath(transaction, file_path);
  const below = artifactsDirectory({ directory }, artifact);
  if (!(await createDirectoriesBelow(below, dirname(file_path))))
    throw new DomainError('CONFLICT', `another file is in the way of ${file_path}`, { path: 'file_path' });
  await removeFileBelow(below, file_path);
  const version = { file_path, content_type, meta, created_by, execution };
  return toArtifactVersion(await addVersion(transaction, artifact, { ...version, size_bytes: null }));
}

function filePathOf(artifact: ArtifactRow, contentType: string | null): string {
  const { ref, type } = artifact;
  if (!isFileType(type))
    throw new DomainError('BAD_REQUEST', `an artifact of type ${type} has no files`, { path: 'type' });
  const path = versionFilePath(ref, nextVersion(artifact), fileExtension(type, contentType));
  if (path !== null) return path;
  const reason = 'a ref with a slash, an empty part or a very long one has no file path of its own';
  throw new DomainError('BAD_REQUEST', reason, { path: 'ref' });
}
