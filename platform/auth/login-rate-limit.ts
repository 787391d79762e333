import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { callerAddress, peerAddress } from './caller-address';
import { countLoginAttempt, isUsualAddress, recordLoginSuccess } from '../store/identities/failed-logins';
import type { AuthContext } from './auth-context';
import { LoginRateLimitError } from './auth-errors';

/**
 * Counts a login attempt by login and by client address; the host's own address, which many
 * clients share, is not counted. Attempts from an address that the login is used from count by
 * themselves, so that others cannot lock it out there. Throws LoginRateLimitError; returns what to
 * call after a correct password.
 */
export async function limitLoginAttempts(
  context: AuthContext,
  request: FastifyRequest,
  login: string,
): Promise<() => Promise<void>> {
  if (context.loginAttemptLimit === 0) return () => Promise.resolve();
  const { waitSeconds, attempt } = await countAttempt(context, nonLoopbackAddress(context, request), login);
  if (waitSeconds !== null) throw new LoginRateLimitError(Math.max(1, Math.ceil(waitSeconds)));
  return async () => {
    await context.db.withoutTenant((transaction) => recordLoginSuccess(transaction, attempt));
  };
}

function countAttempt({ db, loginAttemptLimit }: AuthContext, address: string | null, login: string) {
  const loginCounter = `login:${createHash('sha256').update(login).digest('hex')}`;
  const usualAddress = `${loginCounter}@${address ?? 'this host'}`;
  return db.withoutTenant(async (transaction) => {
    const counter = (await isUsualAddress(transaction, usualAddress)) ? usualAddress : loginCounter;
    const counters = address === null ? [counter] : [counter, `address:${address}`];
    const waitSeconds = await countLoginAttempt(transaction, counters, loginAttemptLimit);
    return { waitSeconds, attempt: { counter, counters, address: usualAddress } };
  });
}

/**
 * The address that is limited and recorded. Where a proxy names none, that is the proxy's own: a
 * header cannot take a caller out of the limits. Null for a connection without an address.
 */
export function clientAddress(
  { trustedProxies }: Pick<AuthContext, 'trustedProxies'>,
  request: FastifyRequest,
): string | null {
  const { socket } = request.raw;
  return callerAddress(socket, request.headers, trustedProxies) ?? peerAddress(socket);
}

function nonLoopbackAddress(context: AuthContext, request: FastifyRequest): string | null {
  const address = clientAddress(context, request);
  return address === null || address === '::1' || address.startsWith('127.') ? null : address;
}
