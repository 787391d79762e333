import type { NetworkMode } from '../../../contract/packs';
import { withConfinedRunner } from './confined-runner';
import { reachScript, withHostServers } from './host-servers';

const ports = withHostServers();
const confined = withConfinedRunner(() => ({ host: '127.0.0.1', ports: [ports().api, ports().notifier] }));

/** Whether something listens on the port 7777 of the program's own network. */
const look = `grep -q ':1E61 .* 0A ' /proc/self/net/tcp`;
const get = reachScript(['http://127.0.0.1:7777/']);

const urls = (host = '127.0.0.1') =>
  [ports().api, ports().notifier, ports().other].map((port) => `http://${host}:${port}/`);

test.each<[NetworkMode, string]>([
  ['full', 'api, notifier, other'],
  ['api-only', 'api, notifier, ECONNREFUSED'],
  ['none', 'ENETUNREACH, ENETUNREACH, ENETUNREACH'],
])('RT-05 in the network %s a program reaches exactly what it may', async (network, found) => {
  const output = await confined().output(reachScript(urls()), { network });

  expect(output).toBe(`${found}\n`);
});

test('RT-05 the name localhost leads to the platform in api-only, too', async () => {
  const output = await confined().output(reachScript(urls('localhost')), { network: 'api-only' });

  expect(output).toBe('api, notifier, ECONNREFUSED\n');
});

test.each<[NetworkMode, string]>([
  ['api-only', 'ENETUNREACH'],
  ['none', 'ENETUNREACH'],
])('RT-05 in the network %s there is no route to other hosts', async (network, found) => {
  const output = await confined().output(reachScript(['http://192.0.2.1:9/']), { network });

  expect(output).toBe(`${found}\n`);
});

test.each<NetworkMode>(['api-only', 'none'])('RT-05 in %s a program has no right over its network', async (network) => {
  const commands = ['ip link add x type dummy', 'ip addr add 10.9.9.9/8 dev lo', 'unshare --net true'];
  const script = commands.map((command) => `${command} 2>/dev/null && echo done || echo refused`).join('\n');

  expect(await confined().output(script, { network })).toBe('refused\n'.repeat(commands.length));
});

test('RT-05 the loopback interface of api-only belongs to one tenant', async () => {
  const listen = `require("node:http").createServer((_, r) => r.writeHead(200, "mine").end()).listen(7777, "127.0.0.1")`;
  const serve = `'${process.execPath}' -e '${listen}' & while ! ${look}; do sleep 0.05; done; sleep 2; kill $!`;
  const visit = async (tenant: number) =>
    confined().output(`n=0; while ! ${look} && [ $n -lt 20 ]; do n=$((n+1)); sleep 0.1; done; ${get}`, {
      tenant,
      network: 'api-only',
    });

  const [, same, other] = await Promise.all([
    confined().output(`${serve}; echo end`, { tenant: 1, network: 'api-only' }),
    visit(1),
    visit(2),
  ]);

  expect([same, other]).toEqual(['mine\n', 'ECONNREFUSED\n']);
});
