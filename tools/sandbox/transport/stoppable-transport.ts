import type { Outcome, RunOptions, Transport } from './transport';

/** A transport whose scripts end where a signal is aborted, and then reject with its reason. */
export class StoppableTransport implements Transport {
  constructor(
    private readonly transport: Transport,
    private readonly stop: AbortSignal,
  ) {}

  get host(): string {
    return this.transport.host;
  }

  run(script: string, options: RunOptions = {}): Promise<Outcome> {
    return this.transport.run(script, Object.assign({ stop: this.stop }, options));
  }
}
