import { Type } from '@sinclair/typebox';
import {
  Artifact,
  ArtifactSummary,
  ArtifactVersion,
  ArtifactVersionSummary,
  type ArtifactFilter,
} from '../../../contract/artifacts';
import type {
  CreateArtifact,
  NewFileByRef,
  NewFileVersion,
  NewVersion,
  UpdateArtifact,
} from '../../../contract/artifact-requests';
import { DeleteResult } from '../../../contract/envelopes';
import type { Json } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';
import { verb } from '../operation';
import type { Request } from '../request';

/**
 * Artifacts: files and values that executions produce, including their logs. 404 NOT_FOUND also
 * without the right to read one.
 */
export const artifacts = (request: Request) => ({
  /** Every match that the caller may read, newest first. */
  list: verb('GET /artifacts', (call, filter: ArtifactFilter = {}) =>
    request.all(ArtifactSummary, call({ query: { ...filter } })),
  ),

  get: verb('GET /artifacts/{id}', (call, id: number) => request.one(Artifact, call({ id }))),

  byRef: verb('GET /artifacts/ref/{ref}', (call, ref: string) => request.one(Artifact, call({ ref }))),

  /** 400 BAD_REQUEST for a blank ref, 409 CONFLICT for one that is taken. */
  create: verb('POST /artifacts', (call, body: CreateArtifact) => request.one(Artifact, call({ body }))),

  update: verb('PUT /artifacts/{id}', (call, id: number, body: UpdateArtifact) =>
    request.one(Artifact, call({ id, body })),
  ),

  /** With its versions. */
  remove: verb('DELETE /artifacts/{id}', (call, id: number) => request.body(DeleteResult, call({ id }))),

  /** Appends to the list in `data`. 400 BAD_REQUEST unless its type is `progress`. */
  appendProgress: verb('POST /artifacts/{id}/progress', (call, id: number, entry: Json) =>
    request.one(Artifact, call({ id, body: { entry } })),
  ),

  /** Null removes the data. */
  replaceData: verb('PUT /artifacts/{id}/data', (call, id: number, data: Json) =>
    request.one(Artifact, call({ id, body: { data } })),
  ),

  /** Adds a version whose content is JSON. */
  addVersion: verb('POST /artifacts/{id}/versions', (call, id: number, body: NewVersion) =>
    request.one(ArtifactVersion, call({ id, body })),
  ),

  /** Adds a version whose file a program writes. 400 BAD_REQUEST for a type without files. */
  addFile: verb('POST /artifacts/{id}/versions/file', (call, id: number, body: NewFileVersion = {}) =>
    request.one(ArtifactVersion, call({ id, body })),
  ),

  /** The same to the artifact of the ref, which is created with the fields where there is none. */
  addFileByRef: verb('POST /artifacts/ref/{ref}/versions/file', (call, ref: string, body: NewFileByRef = {}) =>
    request.one(ArtifactVersion, call({ ref, body })),
  ),

  /** Adds a version with these bytes. 400 BAD_REQUEST for more than 2 MiB. */
  upload: verb(
    'POST /artifacts/{id}/versions/upload',
    (call, id: number, bytes: Uint8Array, fields: NewFileByRef = {}) =>
      request.one(ArtifactVersion, call({ id, body: uploadForm(bytes, fields) })),
  ),

  /** The same to the artifact of the ref, which is created with the fields where there is none. */
  uploadByRef: verb(
    'POST /artifacts/ref/{ref}/versions/upload',
    (call, ref: string, bytes: Uint8Array, fields: NewFileByRef = {}) =>
      request.one(ArtifactVersion, call({ ref, body: uploadForm(bytes, fields) })),
  ),

  removeVersion: verb('DELETE /artifacts/{id}/versions/{version}', (call, id: number, version: number) =>
    request.body(DeleteResult, call({ id, version })),
  ),

  /** Artifacts with a version that this execution produced. */
  ofExecution: verb('GET /executions/{id}/artifacts', (call, id: number) =>
    request.one(Type.Array(ArtifactSummary), call({ id })),
  ),

  /** Newest first. */
  versions: verb('GET /artifacts/{id}/versions', (call, id: number) =>
    request.one(Type.Array(ArtifactVersionSummary), call({ id })),
  ),

  latest: verb('GET /artifacts/{id}/versions/latest', (call, id: number) => request.one(ArtifactVersion, call({ id }))),

  version: verb('GET /artifacts/{id}/versions/{version}', (call, id: number, version: number) =>
    request.one(ArtifactVersion, call({ id, version })),
  ),

  /** The content of the newest version, as text. */
  download: verb('GET /artifacts/{id}/download', (call, id: number) => request.text(call({ id }))),

  /** The same as bytes. */
  downloadBytes: verb('GET /artifacts/{id}/download', (call, id: number) => request.bytes(call({ id }))),

  downloadVersion: verb('GET /artifacts/{id}/versions/{version}/download', (call, id: number, version: number) =>
    request.text(call({ id, version })),
  ),

  /**
   * Follows the newest version: `waiting`, `content`, `append`, `done`. 400 BAD_REQUEST unless it
   * is a file.
   */
  follow: verb('GET /artifacts/{id}/stream', (call, id: number) => request.events(call({ id }))),
});

/** A form of the file and the fields; values that are no texts are sent as JSON. */
function uploadForm(bytes: Uint8Array, fields: NewFileByRef): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) form.append(name, typeof value === 'string' && name !== 'meta' ? value : writeJson(value));
  }
  form.append('file', new Blob([Uint8Array.from(bytes)]), 'file');
  return form;
}
