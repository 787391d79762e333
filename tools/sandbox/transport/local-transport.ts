import { runProcess } from './run-process';
import { commandOf, type Outcome, type RunOptions, type Transport } from './transport';

/** This host. */
export class LocalTransport implements Transport {
  readonly host = 'local';

  run(script: string, options: RunOptions = {}): Promise<Outcome> {
    const [program, ...args] = commandOf(script, options);
    return runProcess(program!, args, options);
  }
}
