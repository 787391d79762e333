import type { TokenErrorEnvelope } from '../../contract/errors';
import { Refusal } from '../refusal';

/** Not there, or not for this caller: the two answer alike. */
export const notFound = (what: string) => new Refusal('NOT_FOUND', `${what} not found`);

/** Too many tries to log in failed. The right password is refused as well, until the lock ends by itself. */
export class Throttled extends Refusal {
  constructor(readonly retryAfterSeconds: number) {
    super('TOO_MANY_REQUESTS', 'Too many failed log-ins: try again later', { reason: 'LOGIN_THROTTLED' });
  }
}

/** A refusal of the frame, before any handler: `text/plain`. */
export class TextRefusal extends Error {
  constructor(
    readonly status: 400 | 413 | 415 | 422,
    message: string,
  ) {
    super(message);
    this.name = 'TextRefusal';
  }
}

/** A refusal of the token check: envelope B. */
export class TokenRefusal extends Error {
  constructor(
    readonly why: 'Missing authentication token' | 'Invalid authentication token' | 'Authentication token expired',
  ) {
    super(why);
    this.name = 'TokenRefusal';
  }

  get body(): TokenErrorEnvelope {
    return { error: { code: 401, message: this.why } };
  }
}
