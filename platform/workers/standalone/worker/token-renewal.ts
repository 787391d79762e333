import type { Logger } from 'pino';
import { livenessNow } from '../../../base/clock';
import { errorMessage } from '../../../base/error-details';
import { runAt } from '../../../base/run-at';
import type { Renewal } from '../../rpc/standalone-protocol';

/** Where the worker has its token. */
export interface TokenSource {
  /** Of the next connection. */
  read(): Promise<string>;
  /** Keeps a renewed one for the next connections. Returns why it is not in the token's file. */
  save(token: string): Promise<string | null>;
}

/** After a request that failed without a reply, ms. */
const RETRY_MS = 5_000;

interface TokenRenewalOptions {
  /** Requests it from the platform. */
  renew(): Promise<Renewal>;
  readonly source: Pick<TokenSource, 'save'>;
  readonly log: Logger;
}

/** Renews the token of a worker before it expires. */
export class TokenRenewal {
  private cancel: () => void = () => undefined;
  private isRunning = false;
  private isStopped = false;

  constructor(private readonly options: TokenRenewalOptions) {}

  /** In this time from now; null: never. While a renewal runs, its reply decides. */
  schedule(delayMs: number | null): void {
    this.cancel();
    if (delayMs === null || this.isRunning || this.isStopped) return;
    this.cancel = runAt(livenessNow, livenessNow() + delayMs, () => void this.run());
  }

  stop(): void {
    this.isStopped = true;
    this.cancel();
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    const next = await this.renew();
    this.isRunning = false;
    this.schedule(next);
  }

  private async renew(): Promise<number | null> {
    const { renew, source, log } = this.options;
    try {
      const reply = await renew();
      if ('refused' in reply) log.warn({ why: reply.refused }, 'the token was not renewed');
      else {
        const problem = await source.save(reply.token);
        if (problem !== null) log.warn({ why: problem }, 'the renewed token is not in its file');
      }
      return reply.renewInMs;
    } catch (error) {
      if (!this.isStopped) log.warn({ why: errorMessage(error) }, 'the token was not renewed');
      return RETRY_MS;
    }
  }
}
