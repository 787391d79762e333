import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { callerAddress } from './caller-address';
import { recordLoginSuccess, countLoginAttempt } from '../store/identities/failed-logins';
import type { AuthContext } from './auth-context';
import { LoginRateLimitError } from './auth-errors';

/**
 * Counts a login attempt by login and by client address; the host's own address, which many
 * clients share, is not counted. Throws LoginRateLimitError; returns what to call after a correct
 * password.
 */
export async function limitLoginAttempts(
  { db, loginAttemptLimit }: AuthContext,
  request: FastifyRequest,
  login: string,
): Promise<() => Promise<void>> {
  if (loginAttemptLimit === 0) return () => Promise.resolve();
  const address = nonLoopbackAddress(request);
  const loginCounter = `login:${createHash('sha256').update(login).digest('hex')}`;
  const counters = address === null ? [loginCounter] : [loginCounter, `address:${address}`];
  const waitSeconds = await db.withoutTenant((transaction) =>
    countLoginAttempt(transaction, counters, loginAttemptLimit),
  );
  if (waitSeconds !== null) throw new LoginRateLimitError(Math.max(1, Math.ceil(waitSeconds)));
  return async () => {
    await db.withoutTenant((transaction) => recordLoginSuccess(transaction, loginCounter, counters));
  };
}

/** Null for what is no address. */
export function clientAddress(request: FastifyRequest): string | null {
  const address = callerAddress(request.raw.socket.remoteAddress, request.headers);
  return address === null || isIP(address) === 0 ? null : address;
}

function nonLoopbackAddress(request: FastifyRequest): string | null {
  const address = clientAddress(request);
  return address === null || address === '::1' || address.startsWith('127.') ? null : address;
}
