import { LocalTransport } from './local-transport';
import { SshTransport } from './ssh-transport';
import type { Transport } from './transport';

/** Of a host as a ledger names it: `local`, or a destination of the ssh client. */
export const transportOf = (host: string, sshConfig: string | null): Transport =>
  host === 'local' ? new LocalTransport() : new SshTransport(host, sshConfig);
