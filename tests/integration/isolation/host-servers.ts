import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';

const NAMES = ['api', 'notifier', 'other'] as const;
type ServerName = (typeof NAMES)[number];

/**
 * Ports of servers, on the host's loopback interface or on another address, whose status message
 * is their name.
 */
export function withHostServers(host = '127.0.0.1'): () => Readonly<Record<ServerName, number>> {
  const servers: Server[] = [];
  let ports: Record<ServerName, number>;
  beforeAll(async () => {
    const entries = await Promise.all(
      NAMES.map(async (name) => [name, await startServer(name, host, servers)] as const),
    );
    ports = Object.fromEntries(entries) as typeof ports;
  });
  afterAll(() => {
    for (const server of servers) server.close().closeAllConnections();
  });
  return () => ports;
}

async function startServer(name: ServerName, host: string, servers: Server[]): Promise<number> {
  const server = createServer((_, response) => {
    response.statusMessage = name;
    response.end();
  }).listen(0, host);
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Addresses of this host but those of its loopback interface, and those of one link. */
export const hostAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
    .map(({ address }) => address);

const REACH = `
const { get } = require("node:http");
const reach = (target) => new Promise((resolve) => {
  const options = target.startsWith("/") ? { socketPath: target } : target;
  get(options, (response) => resolve(response.resume().statusMessage)).on("error", ({ code }) => resolve(code));
});
Promise.all(process.argv.slice(1).map(reach)).then((found) => console.log(found.join(", ")));
`;

/**
 * A shell script that prints for each target, a URL or the path of a socket, the status of the
 * answer or the code of the error.
 */
export const reachScript = (targets: readonly string[]): string =>
  `exec '${process.execPath}' -e '${REACH}' -- ${targets.map((target) => `"${target}"`).join(' ')}`;
