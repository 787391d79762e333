import { readFileSync, statSync } from 'node:fs';
import { StartError } from './errors';

/** An account of this machine, as PostgreSQL wants one that is not root. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const PREFERRED = ['postgres', 'nobody', 'daemon'];

/**
 * Whom PostgreSQL runs as: null is ourselves, which only root must not be. A cluster that exists is served by its owner.
 * PG_ROOT_REFUSED: no other account. DATA_DIR_FOREIGN: the cluster is somebody else's.
 */
export function plainUser(cluster: string): Account | null {
  const self = process.getuid?.();
  const owner = statSync(cluster, { throwIfNoEntry: false })?.uid;
  if (self !== 0) {
    if (owner === undefined || owner === self) return null;
    throw new StartError(
      'DATA_DIR_FOREIGN',
      `${cluster} belongs to user ${owner}`,
      'run as that user, or choose another folder',
    );
  }
  const plain = accounts().filter(({ uid }) => uid !== 0);
  const chosen = owner ? plain.find(({ uid }) => uid === owner) : preferred(plain);
  if (chosen) return chosen;
  throw new StartError(
    'PG_ROOT_REFUSED',
    'PostgreSQL refuses root and /etc/passwd has no other user',
    'add one: useradd tuningfork',
  );
}

const preferred = (plain: readonly Account[]): Account | undefined =>
  PREFERRED.map((name) => plain.find((account) => account.name === name)).find(Boolean) ?? plain[0];

function accounts(): Account[] {
  const lines = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .filter((line) => line.includes(':'));
  return lines.map((line) => {
    const [name = '', , uid, gid] = line.split(':');
    return { name, uid: Number(uid), gid: Number(gid) };
  });
}
