import { readdirSync, readlinkSync } from 'node:fs';
import { endianness } from 'node:os';
import axios from 'axios';
import ipaddr from 'ipaddr.js';
import { Identity } from '../../contract/capabilities';
import { matches } from '../../helpers/client/validate';
import { hostPids, readOrEmpty } from '../../helpers/scenario/processes';
import { CommandError, isSystemError } from '../failures';

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

/**
 * What receives the connections to a port of an address; of all addresses (`0.0.0.0`, `::`, or
 * empty), what keeps another process from it. Null: no process listens there.
 */
export function findPortHolder(address: string, port: number): PortHolder | null {
  const all = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningSockets(readOrEmpty(table), port));
  const sockets = new Set(socketsOf(all, address).map(({ file }) => file));
  if (sockets.size === 0) return null;
  return { pid: hostPids().find((pid) => openFiles(pid).some((file) => sockets.has(file))) ?? null };
}

interface ListeningSocket {
  /** Its address, without abbreviations; that of IPv4 also where a socket of IPv6 has it. */
  readonly address: string;
  /** As the links of open files name it: `socket:[41]`. */
  readonly file: string;
}

/** A socket of the address itself receives its connections; else one of all addresses does. */
function socketsOf(all: readonly ListeningSocket[], address: string): readonly ListeningSocket[] {
  if (isWildcard(address)) return all;
  const expected = ipaddr.process(address).toNormalizedString();
  const own = all.filter((socket) => socket.address === expected);
  if (own.length > 0) return own;
  const isServed = (socket: ListeningSocket) =>
    isWildcard(socket.address) && !(expected.includes(':') && socket.address === '0.0.0.0');
  return all.filter(isServed);
}

/** Of IPv4, of IPv6 as it is written and without abbreviations. */
const WILDCARDS: readonly string[] = ['', '0.0.0.0', '::', '0:0:0:0:0:0:0:0'];
const isWildcard = (address: string): boolean => WILDCARDS.includes(address);

/** The sockets of a table of the kernel that listen on a port. */
export function listeningSockets(table: string, port: number): ListeningSocket[] {
  const rows = table.trim().split('\n').slice(1);
  return rows.flatMap((row) => {
    const [, local = '', , state, , , , , , inode] = row.trim().split(/\s+/);
    const [address = '', hexPort = ''] = local.split(':');
    const isThere = state === LISTEN && Number.parseInt(hexPort, 16) === port;
    return isThere ? [{ address: addressOf(address), file: `socket:[${inode}]` }] : [];
  });
}

const WORD_BYTES = 4;

/** The kernel prints each word of 4 bytes as the number that it is on this host. */
function addressOf(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  if (endianness() === 'LE')
    for (let at = 0; at < bytes.length; at += WORD_BYTES) bytes.subarray(at, at + WORD_BYTES).reverse();
  return ipaddr.process(ipaddr.fromByteArray([...bytes]).toString()).toNormalizedString();
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
export async function readIdentity(address: string, port: number): Promise<LocalIdentity | null> {
  const host = isWildcard(address) ? '127.0.0.1' : address.includes(':') ? `[${address}]` : address;
  try {
    const { data } = await axios.get<unknown>(`http://${host}:${port}/health/identity`, {
      timeout: IDENTITY_TIMEOUT_MS,
      maxRedirects: 0,
      maxContentLength: 10_000,
      proxy: false,
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

/**
 * The same error, or for a port of the API that is in use one that names what holds it: a platform
 * by its identity, so that no old one is taken for a new one.
 */
export async function withPortHolder(error: unknown): Promise<unknown> {
  if (!isSystemError(error) || error.code !== 'EADDRINUSE') return error;
  const { address, port } = error as { address?: string; port?: number };
  if (port === undefined) return error;
  const identity = await readIdentity(address ?? '', port);
  const holder =
    identity === null
      ? describeHolder(findPortHolder(address ?? '', port) ?? { pid: null })
      : `platform ${identity.instance_id}, pid ${identity.pid}, build ${identity.source ?? identity.version}`;
  const remedy = identity === null ? '' : `stop it with \`npx tuningfork down --port ${port}\`, or `;
  return new CommandError(
    `PORT_IN_USE: ${address}:${port} is held by ${holder}; ${remedy}use another --port, or 0 for a free one`,
  );
}
