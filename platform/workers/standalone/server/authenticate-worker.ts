import type { IncomingMessage } from 'node:http';
import { AuthenticationError } from '../../../auth/auth-errors';
import { readToken, type TokenClaims } from '../../../auth/tokens';
import { livenessNow } from '../../../base/clock';
import { DomainError } from '../../../base/domain-error';
import type { Database } from '../../../store/database/connection';
import { findStandaloneWorker, type StandaloneWorker } from '../../../store/workers/standalone-workers';
import { NAME_HEADER, PROTOCOL, PROTOCOL_HEADER } from '../../rpc/standalone-protocol';
import { requireIssuer } from './issuer';

/** Why a connection is refused, before the upgrade. `status`: with its text. */
export class ConnectionRefused extends Error {
  override readonly name = 'ConnectionRefused';
  constructor(
    readonly status: string,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const unauthorized = (message: string) => new ConnectionRefused('401 Unauthorized', 'UNAUTHORIZED', message);
const forbidden = (message: string) => new ConnectionRefused('403 Forbidden', 'FORBIDDEN', message);

export interface AuthenticatedWorker extends StandaloneWorker {
  readonly name: string;
  /** Of its token. */
  readonly claims: TokenClaims;
}

/**
 * The worker that connects: by a token of the type `worker` that names it. ConnectionRefused: 401
 * for a token that is not valid, 403 for one of another type, of another worker, revoked, or of an
 * issuer that may no longer issue it, 409 for another protocol.
 */
export async function authenticateWorker(
  db: Database,
  tokenSecret: string,
  { headers }: Pick<IncomingMessage, 'headers'>,
): Promise<AuthenticatedWorker> {
  const { authorization, [NAME_HEADER]: name, [PROTOCOL_HEADER]: protocol } = headers;
  if (!authorization?.startsWith('Bearer ')) throw unauthorized('The request has no worker token');
  const token = authorization.slice('Bearer '.length);
  const claims = await readToken(tokenSecret, token, livenessNow()).catch(asRejection);
  const { tokenType, worker: named } = claims;
  if (tokenType !== 'worker') throw forbidden(`A token of type ${tokenType} connects no worker`);
  if (named === null) throw forbidden('The token names no worker');
  if (named.name !== name) throw forbidden(`The token is for another worker, and not for '${String(name)}'`);
  if (protocol !== String(PROTOCOL)) {
    const message = `The worker has protocol ${String(protocol)}, and this platform ${PROTOCOL}`;
    throw new ConnectionRefused('409 Conflict', 'WORKER_PROTOCOL_MISMATCH', message);
  }
  await requireIssuer(db, claims).catch(asRejection);
  const worker = await findStandaloneWorker(db, named.name);
  if (worker?.tokenEpoch !== named.epoch) throw forbidden('The token was revoked');
  return { ...worker, name: named.name, claims };
}

function asRejection(error: unknown): never {
  if (error instanceof AuthenticationError) throw unauthorized('The token is invalid or expired');
  if (error instanceof DomainError) throw forbidden(error.message);
  throw error;
}
