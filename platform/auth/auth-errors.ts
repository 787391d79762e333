import type { TokenErrorEnvelope } from '../../contract/errors';
import { RateLimited } from '../base/domain-error';

/** Too many failed logins. The correct password is rejected too, until the lock expires. */
export class LoginRateLimitError extends RateLimited {
  constructor(retryAfterSeconds: number) {
    super('Too many failed log-ins: try again later', retryAfterSeconds, { reason: 'LOGIN_THROTTLED' });
  }
}

/** An authentication failure: error envelope B. */
export class AuthenticationError extends Error {
  constructor(
    readonly reason: 'Missing authentication token' | 'Invalid authentication token' | 'Authentication token expired',
  ) {
    super(reason);
    this.name = 'AuthenticationError';
  }

  get body(): TokenErrorEnvelope {
    return { error: { code: 401, message: this.reason } };
  }
}
