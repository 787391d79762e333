import type { Outcome, RunOptions, Transport } from './transport';

/**
 * A transport whose scripts, and all that they start, have a mark in their environment. A script
 * that its killed runner has left running is found by it.
 */
export class MarkedTransport implements Transport {
  constructor(
    private readonly transport: Transport,
    private readonly mark: string,
  ) {}

  get host(): string {
    return this.transport.host;
  }

  run(script: string, options: RunOptions = {}): Promise<Outcome> {
    return this.transport.run(script, { ...options, environment: [this.mark] });
  }
}
