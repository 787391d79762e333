import type { BlockList } from 'node:net';
import type { Database } from '../store/database/connection';

/** What the functions of this room need of the platform. */
export interface AuthContext {
  readonly db: Database;
  /** HS256 key of all tokens. */
  readonly tokenSecret: string;
  /** Failed logins that are allowed per minute, by login and by address; 0: no limit. */
  readonly loginAttemptLimit: number;
  /** Peers whose `X-Forwarded-For` and `X-Real-IP` name the caller's address. */
  readonly trustedProxies: BlockList;
  /**
   * Whether tokens of type `worker`, which nothing issues, are accepted where a route accepts
   * them.
   */
  readonly acceptsWorkerTokens: boolean;
  /** Whether each refresh token is valid for one use only. */
  readonly refreshRotation: boolean;
}
