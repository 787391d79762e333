import { Refusal } from '../refusal';

/** Why a whole pack is refused; `details.reason` of the answer. */
export type PackReason =
  | 'PACK_NO_DIRECTORY'
  | 'PACK_NO_MANIFEST'
  | 'PACK_BAD_MANIFEST'
  | 'PACK_BAD_ARCHIVE'
  | 'PACK_UNSAFE_PATH'
  | 'PACK_UNSAFE_ENTRY'
  | 'PACK_LIMIT'
  | 'PATH_FORBIDDEN'
  | 'SOURCE_FORBIDDEN'
  | 'SOURCE_UNREACHABLE';

/** The pack as a whole is refused: 400 BAD_REQUEST. `path` says where: a file of the pack or an entry of the archive. */
export const refusedPack = (reason: PackReason, message: string, path?: string): Refusal =>
  new Refusal('BAD_REQUEST', message, path === undefined ? { reason } : { reason, path });

/** One file of a pack is not what it must be. Reads `actions/add.yaml:3: entry_point must be text, not a list`. */
export class PackFileError extends Error {
  constructor(
    readonly file: string,
    readonly line: number,
    readonly what: string,
  ) {
    super(`${file}:${line}: ${what}`);
    this.name = 'PackFileError';
  }
}
