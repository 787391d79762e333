import { Type } from '@sinclair/typebox';
import {
  Artifact,
  ArtifactSummary,
  ArtifactVersion,
  ArtifactVersionSummary,
  type ArtifactFilter,
} from '../../../contract/artifacts';
import { verb } from '../operation';
import type { Request } from '../request';

/**
 * Artifacts: files and values that executions produce, including their logs. 404 NOT_FOUND also
 * without the right to read one.
 */
export const artifacts = (request: Request) => ({
  /** Every match that the caller may read, newest first. */
  list: verb(
    'GET /artifacts',
    (call) =>
      (filter: ArtifactFilter = {}) =>
        request.all(ArtifactSummary, call({ query: { ...filter } })),
  ),

  get: verb('GET /artifacts/{id}', (call) => (id: number) => request.one(Artifact, call({ id }))),

  byRef: verb('GET /artifacts/ref/{ref}', (call) => (ref: string) => request.one(Artifact, call({ ref }))),

  /** Artifacts with a version that this execution produced. */
  ofExecution: verb(
    'GET /executions/{id}/artifacts',
    (call) => (id: number) => request.one(Type.Array(ArtifactSummary), call({ id })),
  ),

  /** Newest first. */
  versions: verb(
    'GET /artifacts/{id}/versions',
    (call) => (id: number) => request.one(Type.Array(ArtifactVersionSummary), call({ id })),
  ),

  latest: verb(
    'GET /artifacts/{id}/versions/latest',
    (call) => (id: number) => request.one(ArtifactVersion, call({ id })),
  ),

  version: verb(
    'GET /artifacts/{id}/versions/{version}',
    (call) => (id: number, version: number) => request.one(ArtifactVersion, call({ id, version })),
  ),

  /** The content of the newest version, as text. */
  download: verb('GET /artifacts/{id}/download', (call) => (id: number) => request.text(call({ id }))),

  downloadVersion: verb(
    'GET /artifacts/{id}/versions/{version}/download',
    (call) => (id: number, version: number) => request.text(call({ id, version })),
  ),

  /**
   * Follows the newest version: `waiting`, `content`, `append`, `done`. 400 BAD_REQUEST unless it
   * is a file.
   */
  follow: verb('GET /artifacts/{id}/stream', (call) => (id: number) => request.events(call({ id }))),
});
