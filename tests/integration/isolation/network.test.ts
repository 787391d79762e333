import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { NetworkMode } from '../../../contract/packs';
import { repositoryRoot } from '../../../helpers/repository-root';
import { backendTest as test } from './backends';
import { withConfinedRunner } from './confined-runner';
import { reachScript, withHostServers } from './host-servers';

const ports = withHostServers();
const confined = withConfinedRunner(() => ({ host: '127.0.0.1', ports: [ports().api, ports().notifier] }));

/** Whether something listens on the port 7777 of the program's own network. */
const look = `grep -q ':1E61 .* 0A ' /proc/self/net/tcp`;
const get = reachScript(['http://127.0.0.1:7777/']);

const urls = (host = '127.0.0.1') =>
  [ports().api, ports().notifier, ports().other].map((port) => `http://${host}:${port}/`);

/** The kernel decides on connections of a control group, if root asks. */
const CLOSES_LOOPBACK = process.getuid!() === 0;
const testClosed = CLOSES_LOOPBACK ? test : test.skip;

test.each<[NetworkMode, string]>([
  ['full', `api, notifier, ${CLOSES_LOOPBACK ? 'EPERM' : 'other'}`],
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
  const visited = '"$ATTUNE_ARTIFACTS_DIR/visited-loopback"';
  const serve = `'${process.execPath}' -e '${listen}' & until [ -e ${visited} ]; do sleep 0.02; done; kill $!; echo end`;
  const run = (tenant: number, script: string) =>
    confined().output(script, { tenant, network: 'api-only', limit: { seconds: 100, level: 'system' } });
  const visitAll = async () => {
    const same = await run(1, `until ${look}; do sleep 0.05; done; ${get}`);
    const other = await run(2, get);
    await run(1, `touch ${visited}; echo end`);
    return [same, other];
  };

  const [, answers] = await Promise.all([run(1, serve), visitAll()]);

  expect(answers).toEqual(['mine\n', 'ECONNREFUSED\n']);
});

/** Prints for each way to a port whether it leads there. Argument: the port. */
const WAYS = `
import socket, sys
port = int(sys.argv[1])
def way(family, kind, address, protocol=0, send=False):
    with socket.socket(family, kind, protocol) as one:
        try:
            one.sendto(b"x", address) if send else one.connect(address)
        except OSError as error:
            return type(error).__name__
    return "connected"
ip4, ip6, tcp, udp = socket.AF_INET, socket.AF_INET6, socket.SOCK_STREAM, socket.SOCK_DGRAM
print(way(ip4, tcp, ("127.0.0.1", port)), way(ip4, tcp, ("127.9.9.9", port)), way(ip4, tcp, ("0.0.0.0", port)))
print(way(ip6, tcp, ("::ffff:127.0.0.1", port)), way(ip6, tcp, ("::1", port)), way(ip6, tcp, ("::", port)))
print(way(ip4, udp, ("127.0.0.1", port)), way(ip4, udp, ("127.0.0.1", port), send=True))
print(way(ip6, udp, ("::1", port), send=True), way(ip6, udp, ("::ffff:127.0.0.1", port), send=True))
`;
const IPPROTO_MPTCP = 262;
const ways = (port: number | string) => `python3 -c '${WAYS}' ${port}`;

testClosed('RT-05 in full no address and no protocol leads to a service of the host', async () => {
  const output = await confined().output(ways(ports().other));
  const multipath = `import socket; socket.socket(socket.AF_INET, socket.SOCK_STREAM, ${IPPROTO_MPTCP})`;

  expect(output.trim().split(/\s+/)).toEqual(Array(10).fill('PermissionError'));
  expect(await confined().output(`python3 -c '${multipath}' 2>&1 | tail -1`)).toContain('PermissionError');
});

/** Listens on all addresses, and shows the other programs of its tenant where. */
const LISTEN = `
import os, socket, subprocess, sys, time
server = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
datagrams = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
port = server.getsockname()[1]
datagrams.bind(("::", port))
subprocess.run([sys.executable, "-c", sys.argv[1], str(port)])
sys.stdout.flush()
os.chdir(os.environ["ATTUNE_ARTIFACTS_DIR"])
with open("port.new", "w") as file:
    file.write(str(port))
os.rename("port.new", "port")
while not os.path.exists("visited"):
    time.sleep(0.02)
`;

testClosed('RT-05 in full a program reaches what it listens on, and another one does not', async () => {
  const wait = 'cd "$ATTUNE_ARTIFACTS_DIR"; while [ ! -e port ]; do sleep 0.02; done';
  const [own, other] = await Promise.all([
    confined().output(`python3 -c '${LISTEN}' '${WAYS}'`),
    confined().output(`${wait}; ${ways('$(cat port)')}; touch visited`),
  ]);

  expect(own.trim().split(/\s+/)).toEqual(Array(10).fill('connected'));
  expect(other.trim().split(/\s+/)).toEqual(Array(10).fill('PermissionError'));
});

/** Whether the kernel has what the launcher uses. */
const canLeaveAbstractSockets = (): boolean => {
  const cwd = join(repositoryRoot(), 'platform/worker/isolation/launcher');
  const script = 'import system_calls, sys; sys.exit(not system_calls.can_leave_abstract_sockets())';
  return spawnSync('python3', ['-B', '-c', script], { cwd }).status === 0;
};

/** Prints whether it reaches the socket of this name, and one of its own. */
const REACH_SOCKETS = `
import socket, sys
def reach(address):
    with socket.socket(socket.AF_UNIX) as one:
        try:
            one.connect(address)
        except OSError as error:
            return type(error).__name__
    return "connected"
own = socket.socket(socket.AF_UNIX)
own.bind("\\0own" + sys.argv[1])
own.listen()
node_pads_names_to = 108
print(reach(("\\0" + sys.argv[1]).ljust(node_pads_names_to, "\\0")), reach(own.getsockname()))`;

test('RT-05 in full a program reaches no abstract Unix socket of the host', async () => {
  const name = `network-test-${process.pid}`;
  const server = createServer().listen(`\0${name}`);
  await once(server, 'listening');
  try {
    const ofHost = await promisify(execFile)('python3', ['-c', REACH_SOCKETS, name]);
    const ofProgram = await confined().output(`python3 -c '${REACH_SOCKETS}' ${name}`);

    expect(ofHost.stdout).toBe('connected connected\n');
    expect(ofProgram).toBe(`${canLeaveAbstractSockets() ? 'PermissionError' : 'connected'} connected\n`);
  } finally {
    server.close();
  }
});
