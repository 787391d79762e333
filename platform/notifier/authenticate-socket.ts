import type { IncomingMessage } from 'node:http';
import type { HandshakeRejection } from '../../contract/notifications';
import type { Caller } from '../auth/caller';
import { AuthenticationError } from '../auth/auth-errors';
import { resolveCaller } from '../auth/authenticate';
import { readToken, InvalidSubjectError } from '../auth/tokens';
import { DomainError } from '../base/domain-error';
import type { Database } from '../store/database/connection';

/**
 * Why a connection is rejected, as a code of the contract. Answered with 401 instead of the
 * upgrade.
 */
export class SocketRejection extends Error {
  override readonly name = 'SocketRejection';
  constructor(readonly code: HandshakeRejection) {
    super(code);
  }
}

export const WEBSOCKET_PROTOCOL = 'attune.v1';
const TOKEN_PROTOCOL_PREFIX = 'attune.jwt.';

/**
 * From the header, its scheme in any case; else from the sub-protocol that follows `attune.v1`.
 * Never from the query: that is logged.
 */
export function findToken({ headers }: Pick<IncomingMessage, 'headers'>): string | null {
  const [, bearer] = /^bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
  if (bearer !== undefined) return bearer;
  const [first, second] = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  if (first !== WEBSOCKET_PROTOCOL || !second?.startsWith(TOKEN_PROTOCOL_PREFIX)) return null;
  return second.slice(TOKEN_PROTOCOL_PREFIX.length) || null;
}

/** SocketRejection; errors of the database. */
export async function authenticateSocket(
  db: Database,
  tokenSecret: string,
  request: Pick<IncomingMessage, 'headers'>,
): Promise<Caller> {
  const token = findToken(request);
  if (token === null) throw new SocketRejection('missing_token');
  try {
    const claims = await readToken(tokenSecret, token);
    const { tokenType } = claims;
    if (tokenType === 'refresh' || tokenType === 'sensor' || tokenType === 'worker')
      throw new SocketRejection(`${tokenType}_tokens_not_allowed`);
    return await resolveCaller(db, claims);
  } catch (error) {
    if (error instanceof AuthenticationError) throw new SocketRejection(rejectionCode(error));
    if (error instanceof DomainError) throw new SocketRejection('invalid_or_expired_token');
    throw error;
  }
}

const rejectionCode = (error: AuthenticationError): HandshakeRejection =>
  error instanceof InvalidSubjectError ? 'invalid_subject_in_token' : 'invalid_or_expired_token';
