import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { createServer, type AddressInfo, type BlockList } from 'node:net';
import { networkInterfaces } from 'node:os';
import { containsAddress } from '../../base/http/address-list';
import { distrustHeaders } from '../../auth/caller-address';

interface ProgramListener {
  readonly port: number;
  /** Accepts nothing more. Open connections end with the API. */
  close(): void;
}

/**
 * Serves the API on a further port of this address, for programs: their connections come from this
 * host, and no header of theirs names another address, whatever proxies of this host are trusted.
 */
export async function listenForPrograms(api: HttpServer, host: string): Promise<ProgramListener> {
  const server = createServer((socket) => {
    distrustHeaders(socket);
    api.emit('connection', socket);
  });
  server.listen(0, host);
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}

/** Whether a connection from this host may be one of a trusted proxy. */
export const trustsThisHost = (trustedProxies: BlockList): boolean =>
  addressesOfThisHost().some((address) => containsAddress(trustedProxies, address));

const addressesOfThisHost = (): string[] => [
  ...['127.0.0.1', '::1'],
  ...Object.values(networkInterfaces()).flatMap((known = []) => known.map(({ address }) => address)),
];
