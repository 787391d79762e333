import { parseJsonText } from '../../../../contract/json-text/parse-json-text';

/** Why a standalone worker cannot go on: what, where, and what would be right. */
export class ConnectionFailure extends Error {
  override readonly name = 'ConnectionFailure';
  constructor(
    readonly code: string,
    message: string,
    /** The next attempt may succeed. */
    readonly isTransient = false,
  ) {
    super(`${code}: ${message}`);
  }
}

interface RefusedUpgrade {
  readonly status: number;
  readonly text: string;
}

/** The platform has answered, and refused the connection. */
export function refusedConnection(url: string, name: string, { status, text }: RefusedUpgrade): ConnectionFailure {
  const reason = reasonIn(text);
  if (status === 401)
    return new ConnectionFailure(
      'WORKER_TOKEN_REFUSED',
      `${url} does not accept the token: ${reason}; issue another one: tuningfork worker-token --name ${name}`,
    );
  if (status === 403)
    return new ConnectionFailure(
      'WORKER_REFUSED',
      `${url} does not accept this worker: ${reason}; use --name with the name that the token was issued for`,
    );
  if (status === 409)
    return new ConnectionFailure(
      'WORKER_PROTOCOL_MISMATCH',
      `${url} runs another version: ${reason}; install the same version of tuningfork on both hosts`,
    );
  if (status === 404)
    return new ConnectionFailure(
      'NO_WORKER_ROUTE',
      `${url} takes no standalone workers; use --api with the address of a Tuningfork API that has its extensions`,
    );
  return new ConnectionFailure('PLATFORM_UNAVAILABLE', `${url} answered ${status}; it may be starting`, true);
}

/** No platform has answered. */
export const unreachable = (url: string, cause: string): ConnectionFailure =>
  new ConnectionFailure('PLATFORM_UNREACHABLE', `no connection to ${url}: ${cause}; use --api http://host:port`, true);

function reasonIn(text: string): string {
  try {
    const { error } = parseJsonText(text) as { readonly error?: unknown };
    return typeof error === 'string' ? error : 'no reason was given';
  } catch {
    return 'no reason was given';
  }
}
