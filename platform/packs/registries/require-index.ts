import { DomainError } from '../../base/domain-error';
import type { PackFiles } from '../read/pack';
import { driftingFiles, INDEX_FILE } from './pack-index';

/**
 * Throws DomainError 422 PACK_INDEX_DRIFT, with the paths of the files, where a pack has an index
 * and other actions than it states. A pack without an index is accepted.
 */
export async function requireIndex(directory: string, { manifest, components }: PackFiles): Promise<void> {
  const files = await driftingFiles(directory, components.actions).catch((error: unknown) => {
    if (error instanceof SyntaxError) return [INDEX_FILE];
    throw error;
  });
  if (files === null || files.length === 0) return;
  throw new DomainError(
    'PACK_INDEX_DRIFT',
    `${INDEX_FILE} of pack ${manifest.ref} is out of date: ${files.join(', ')}`,
    {
      path: INDEX_FILE,
      files,
      hint: 'write it again with `tuningfork pack index <directory>`',
    },
  );
}
