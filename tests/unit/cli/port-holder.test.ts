import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { findPortHolder, listeningSockets } from '../../../cli/up/port-holder';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** Listens on a free port of the address, and returns the port. */
async function listen(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const here = { pid: process.pid };

test('a process on another address does not hold the port', async () => {
  const port = await listen('127.0.0.9');

  expect(findPortHolder('127.0.0.1', port)).toBeNull();
  expect(findPortHolder('127.0.0.9', port)).toEqual(here);
});

test.each([
  ['0.0.0.0', '127.0.0.1'],
  ['127.0.0.9', '0.0.0.0'],
  ['127.0.0.9', '::'],
])('a process on %s holds the port of %s', async (host, address) => {
  expect(findPortHolder(address, await listen(host))).toEqual(here);
});

const HEADER = '  sl  local_address rem_address   st\n';
const row = (address: string, state: string, inode: number) =>
  `   0: ${address}:1F90 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000 0 0 ${inode} 1\n`;

test('the addresses of a table of the kernel are read', () => {
  const mapped = '0000000000000000FFFF00000100007F';
  const table = HEADER + row('0900007F', '0A', 1) + row(mapped, '0A', 2) + row('0'.repeat(32), '0A', 3);

  expect(listeningSockets(table, 8_080)).toEqual([
    { address: '127.0.0.9', file: 'socket:[1]' },
    { address: '127.0.0.1', file: 'socket:[2]' },
    { address: '0:0:0:0:0:0:0:0', file: 'socket:[3]' },
  ]);
});

test('a connection and another port are no listening sockets', () => {
  const table = HEADER + row('0100007F', '01', 1);

  expect(listeningSockets(table, 8_080)).toEqual([]);
  expect(listeningSockets(HEADER + row('0100007F', '0A', 1), 8_081)).toEqual([]);
});
