import type { WebSocket } from 'ws';
import type { TokenClaims } from '../../../auth/tokens';
import { livenessNow } from '../../../base/clock';
import { runAt } from '../../../base/run-at';
import { CLOSE } from '../../rpc/standalone-protocol';

/** A connection of a worker, closed when its token expires; a renewed one prolongs it. */
export class WorkerConnection {
  private cancelExpiry: () => void;

  constructor(
    readonly socket: WebSocket,
    private token: TokenClaims,
  ) {
    this.cancelExpiry = this.closeAtExpiry();
    socket.once('close', () => this.cancelExpiry());
  }

  /** Of its newest token. */
  get claims(): TokenClaims {
    return this.token;
  }

  /** The token was renewed. */
  continueWith(claims: TokenClaims): void {
    this.cancelExpiry();
    this.token = claims;
    if (this.socket.readyState === this.socket.OPEN) this.cancelExpiry = this.closeAtExpiry();
  }

  private closeAtExpiry(): () => void {
    return runAt(livenessNow, this.token.expiresAt, () =>
      this.socket.close(CLOSE.unauthorized, 'the token has expired'),
    );
  }
}
