import { DomainError } from '../../base/domain-error';
import type { PackFiles } from '../read/pack';
import { INDEX_FILE } from './pack-index';

/**
 * Throws DomainError 422 PACK_INDEX_DRIFT, with the paths of the files, where a pack has an index
 * and other actions than it states. A pack without an index is accepted.
 */
export function requireIndex({ manifest, driftingFiles: files }: PackFiles): void {
  if (files.length === 0) return;
  throw new DomainError(
    'PACK_INDEX_DRIFT',
    `${INDEX_FILE} of pack ${manifest.ref} is out of date: ${files.join(', ')}`,
    {
      path: INDEX_FILE,
      files: [...files],
      hint: 'write it again with `tuningfork pack index <directory>`',
    },
  );
}
