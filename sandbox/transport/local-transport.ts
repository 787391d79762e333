import { runProcess } from './run-process';
import type { Outcome, RunOptions, Transport } from './transport';

/** This host. */
export class LocalTransport implements Transport {
  readonly host = 'local';

  run(script: string, options: RunOptions = {}): Promise<Outcome> {
    return runProcess('sh', ['-c', script, 'sh', ...(options.args ?? [])], options);
  }
}
