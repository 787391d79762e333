import { readdirSync, readlinkSync } from 'node:fs';
import axios from 'axios';
import { Identity } from '../../contract/capabilities';
import { matches } from '../../helpers/client/validate';
import { hostPids, readOrEmpty } from '../../helpers/scenario/processes';

/** What listens on a port of this host. */
export interface PortHolder {
  /** Null: a process of another user. */
  readonly pid: number | null;
}

/** A platform on this host. */
export type LocalIdentity = Identity & { readonly pid: number };

const IDENTITY_TIMEOUT_MS = 2_000;
/** Characters of a command line that are shown. */
const MAX_COMMAND = 80;
const LISTEN = '0A';

/** Null: no process listens there. */
export function findPortHolder(port: number): PortHolder | null {
  const sockets = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningInodes(table, port)));
  if (sockets.size === 0) return null;
  return { pid: hostPids().find((pid) => openFiles(pid).some((file) => sockets.has(file))) ?? null };
}

/** Sockets as the links of open files name them: `socket:[41]`. */
function listeningInodes(table: string, port: number): string[] {
  const rows = readOrEmpty(table).trim().split('\n').slice(1);
  return rows.flatMap((row) => {
    const [, local = '', , state, , , , , , inode] = row.trim().split(/\s+/);
    const isThere = state === LISTEN && Number.parseInt(local.split(':')[1] ?? '', 16) === port;
    return isThere ? [`socket:[${inode}]`] : [];
  });
}

/** None of a process of another user, or that has ended. */
function openFiles(pid: number): string[] {
  try {
    const directory = `/proc/${pid}/fd`;
    return readdirSync(directory).map((file) => linkOrEmpty(`${directory}/${file}`));
  } catch {
    return [];
  }
}

function linkOrEmpty(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** Whether the process exists and has not exited. */
export function isRunning(pid: number): boolean {
  const status = readOrEmpty(`/proc/${pid}/status`);
  return status !== '' && !/^State:\t[ZX]/m.test(status);
}

/** Null: no platform answers there. */
export async function readIdentity(port: number): Promise<LocalIdentity | null> {
  try {
    const { data } = await axios.get<unknown>(`http://127.0.0.1:${port}/health/identity`, {
      ...{ timeout: IDENTITY_TIMEOUT_MS, maxRedirects: 0, maxContentLength: 10_000, proxy: false },
    });
    return matches(Identity, data) && data.pid !== undefined ? { ...data, pid: data.pid } : null;
  } catch {
    return null;
  }
}

export function describeHolder({ pid }: PortHolder): string {
  if (pid === null) return 'a process of another user';
  const command = Buffer.from(readOrEmpty(`/proc/${pid}/cmdline`), 'latin1').toString();
  return `pid ${pid} (${command.split('\0').join(' ').trim().slice(0, MAX_COMMAND)})`;
}
