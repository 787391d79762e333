import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from './postgres-user';
import { StartError } from './start-error';

/** Names the socket file; the server listens on no TCP port. */
export const PORT = 5432;
/** The kernel's limit of a socket's path. */
const MAX_PATH_BYTES = 107;
const OWNER_ONLY = 0o700;

/**
 * Creates the directory of the server's socket, which only PostgreSQL's user and root may enter.
 * Throws StartError RUN_DIR_UNUSABLE where the socket's path would be too long.
 */
export function createSocketDirectory(runDirectory: string, user: Account | null): string {
  const path = join(runDirectory, 'database');
  const length = Buffer.byteLength(join(path, `.s.PGSQL.${PORT}`));
  if (length > MAX_PATH_BYTES) {
    throw new StartError(
      'RUN_DIR_UNUSABLE',
      `the path of the database's socket in ${runDirectory} has ${length} bytes, and may have ${MAX_PATH_BYTES}`,
      'set TMPDIR to a directory with a shorter path',
    );
  }
  mkdirSync(path, { mode: OWNER_ONLY });
  if (user) chownSync(path, user.uid, user.gid);
  return path;
}

/** PostgreSQL's setting takes a list, in which commas separate. */
export const quotedDirectory = (path: string): string => `"${path.replaceAll('"', '""')}"`;

interface Login {
  readonly user: string;
  readonly password: string;
}

/** The directory stands in place of the host, escaped: so psql and other clients take it too. */
export const socketUrl = (directory: string, { user, password }: Login): string =>
  `postgres://${user}:${password}@${encodeURIComponent(directory)}:${PORT}/postgres`;
