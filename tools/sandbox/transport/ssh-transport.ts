import { SandboxError } from '../sandbox-error';
import { quote } from './quote';
import { runProcess } from './run-process';
import { commandOf, type Outcome, type RunOptions, type Transport } from './transport';

/** For the connection, its handshake, and a host that no longer answers, seconds. */
const CONNECT_SECONDS = 5;
const OPTIONS = [
  ...['-T', '-o', 'BatchMode=yes', '-o', `ConnectTimeout=${CONNECT_SECONDS}`],
  ...['-o', `ServerAliveInterval=${CONNECT_SECONDS}`, '-o', 'ServerAliveCountMax=3'],
];
/** Of the ssh client, for its own errors. No script of ours exits with it. */
const CLIENT_FAILED = 255;

/** A host that the ssh client of this system reaches, with the keys and options of the user. */
export class SshTransport implements Transport {
  private isReached = false;

  /** `config`: a file in the place of the client's own, or null. */
  constructor(
    readonly host: string,
    private readonly config: string | null,
  ) {}

  async run(script: string, options: RunOptions = {}): Promise<Outcome> {
    const command = commandOf(script, options).map(quote).join(' ');
    const client = [...OPTIONS, ...(this.config === null ? [] : ['-F', this.config]), '--', this.host, command];
    const outcome = await runProcess('ssh', client, options);
    if (outcome.code === CLIENT_FAILED) throw this.failure(outcome);
    this.isReached = true;
    return outcome;
  }

  private failure({ stderr }: Outcome): SandboxError {
    const line = stderr.trim().split(/\r?\n/).at(-1) ?? '';
    const code = this.isReached ? 'TRANSPORT_LOST' : 'HOST_UNREACHABLE';
    return new SandboxError(code, `${this.host}: ${line || 'the ssh client printed nothing'}`);
  }
}
