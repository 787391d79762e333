import { readFileSync, statSync } from 'node:fs';
import { StartError } from './start-error';

/** An account of this host; PostgreSQL does not run as root. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const PREFERRED_ACCOUNTS = ['postgres', 'nobody', 'daemon'];

/**
 * The account that PostgreSQL runs as; null: the current user, unless that is root. An existing
 * cluster is run by its owner. Throws PG_ROOT_REFUSED: no other account, or DATA_DIR_FOREIGN: the
 * cluster belongs to another user.
 */
export function choosePostgresUser(cluster: string): Account | null {
  const ownUid = process.getuid?.();
  const owner = statSync(cluster, { throwIfNoEntry: false })?.uid;
  if (ownUid !== 0) {
    if (owner === undefined || owner === ownUid) return null;
    throw new StartError(
      'DATA_DIR_FOREIGN',
      `${cluster} belongs to user ${owner}`,
      'run as that user, or choose another folder',
    );
  }
  const unprivileged = readAccounts().filter(({ uid }) => uid !== 0);
  const chosen = owner ? unprivileged.find(({ uid }) => uid === owner) : preferredAccount(unprivileged);
  if (chosen) return chosen;
  throw new StartError(
    'PG_ROOT_REFUSED',
    'PostgreSQL does not run as root, and /etc/passwd has no other user',
    'add one: useradd tuningfork',
  );
}

const preferredAccount = (unprivileged: readonly Account[]): Account | undefined =>
  PREFERRED_ACCOUNTS.map((name) => unprivileged.find((account) => account.name === name)).find(Boolean) ??
  unprivileged[0];

function readAccounts(): Account[] {
  const lines = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .filter((line) => line.includes(':'));
  return lines.map((line) => {
    const [name = '', , uid, gid] = line.split(':');
    return { name, uid: Number(uid), gid: Number(gid) };
  });
}
