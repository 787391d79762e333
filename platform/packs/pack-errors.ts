import { DomainError } from '../base/domain-error';

/** Why a pack was rejected: `details.reason` of the response. */
type PackErrorReason =
  | 'PACK_NO_DIRECTORY'
  | 'PACK_NO_MANIFEST'
  | 'PACK_BAD_MANIFEST'
  | 'PACK_BAD_ARCHIVE'
  | 'PACK_UNSAFE_PATH'
  | 'PACK_UNSAFE_ENTRY'
  | 'PACK_LIMIT'
  | 'PATH_FORBIDDEN'
  | 'SOURCE_FORBIDDEN'
  | 'SOURCE_UNREACHABLE'
  | 'CHECKSUM_MISMATCH';

/**
 * Rejects the whole pack: 400 BAD_REQUEST. `path`: a file of the pack or an entry of the archive;
 * `hint`: what to give instead.
 */
export const packError = (reason: PackErrorReason, message: string, path?: string, hint?: string): DomainError =>
  new DomainError('BAD_REQUEST', message, {
    reason,
    ...(path !== undefined && { path }),
    ...(hint !== undefined && { hint }),
  });

/** What a pack may not have: a link, a device, a file with the rights of its owner. */
export const unsafeEntry = (path: string): DomainError =>
  packError('PACK_UNSAFE_ENTRY', `${path} is neither a plain file nor a directory`, path);

/** One file of a pack is invalid: `actions/add.yaml:3: entry_point must be text, not a list`. */
export class PackFileError extends Error {
  constructor(
    readonly file: string,
    readonly line: number,
    readonly detail: string,
  ) {
    super(`${file}:${line}: ${detail}`);
    this.name = 'PackFileError';
  }
}
