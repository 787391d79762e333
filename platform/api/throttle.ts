import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { callerAddress } from '../sensor/caller-address';
import { loginSucceeded, tryLogin } from '../store/failed-logins';
import type { ApiContext } from './context';
import { Throttled } from './errors';

/**
 * Counts a try to log in, by login, from wherever it comes, and by the address it comes from, whatever the login; the
 * host's own address is many people's and does not count. Throws Throttled; answers what to call once the password was right.
 */
export async function countLogin(
  { db, loginTries }: ApiContext,
  request: FastifyRequest,
  login: string,
): Promise<() => Promise<void>> {
  if (loginTries === 0) return () => Promise.resolve();
  const address = foreignAddressOf(request);
  const byLogin = `login:${createHash('sha256').update(login).digest('hex')}`;
  const names = address === null ? [byLogin] : [byLogin, `address:${address}`];
  const wait = await db.inNone((transaction) => tryLogin(transaction, names, loginTries));
  if (wait !== null) throw new Throttled(Math.max(1, Math.ceil(wait)));
  return async () => {
    await db.inNone((transaction) => loginSucceeded(transaction, byLogin, names));
  };
}

/** Null for what is no address. */
export function addressOf(request: FastifyRequest): string | null {
  const address = callerAddress(request.raw.socket.remoteAddress, request.headers);
  return address === null || isIP(address) === 0 ? null : address;
}

function foreignAddressOf(request: FastifyRequest): string | null {
  const address = addressOf(request);
  return address === null || address === '::1' || address.startsWith('127.') ? null : address;
}
