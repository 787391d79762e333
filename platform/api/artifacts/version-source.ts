import { join } from 'node:path';
import { contentBytes } from '../../core/data/json-content';
import { artifactsDirectory, logsDirectory, streamLogPath } from '../../base/directories';
import type { FileBelow } from '../../files/open-below';
import { findUploadedBytes, type ArtifactVersionRow } from '../../store/artifacts/versions';
import type { Transaction } from '../../store/database/connection';

/** What a version consists of: bytes of the database, or a file, which may be missing. */
export type VersionSource = Buffer | FileBelow;

export async function versionSource(
  directory: string,
  transaction: Transaction,
  version: ArtifactVersionRow,
): Promise<VersionSource> {
  const file = versionFile(directory, version);
  if (file !== null) return file;
  const { content_json, content_type } = version;
  return (await findUploadedBytes(transaction, version)) ?? contentBytes(content_json, content_type ?? '');
}

/** The same version, with its source. */
export const withSource = async <T extends { readonly version: ArtifactVersionRow }>(
  directory: string,
  transaction: Transaction,
  loaded: T,
): Promise<T & { readonly source: VersionSource }> => ({
  ...loaded,
  source: await versionSource(directory, transaction, loaded.version),
});

/** The file of an execution's stream, or of a program; null where the bytes are stored. */
function versionFile(directory: string, version: ArtifactVersionRow): FileBelow | null {
  const { tenant, execution, attempt, stream, file_path } = version;
  if (file_path !== null) {
    const below = artifactsDirectory({ directory }, { tenant });
    return { directory: below, path: join(below, file_path) };
  }
  if (stream === null || execution === null || attempt === null) return null;
  return {
    directory: logsDirectory({ directory }, { tenant }),
    path: streamLogPath({ directory }, { tenant, execution, attempt }, stream),
  };
}
