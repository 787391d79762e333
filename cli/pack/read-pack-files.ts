import { messageOf } from '../../helpers/errors';
import { DomainError } from '../../platform/base/domain-error';
import { readPack, type PackFiles } from '../../platform/packs/read/pack';
import { usageError } from '../failures';

/** The components of a pack. Throws CommandError, exit 2, for a directory that is no pack. */
export async function readPackFiles(directory: string): Promise<PackFiles> {
  try {
    return await readPack(directory);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw usageError(`PACK_INVALID: ${directory}: ${messageOf(error)}`);
  }
}
