import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { parseAllowList } from '../../../platform/base/http/allow-list';
import { runInstaller } from '../../../platform/worker/environments/run-installer';
import { backendTest as test } from './backends';
import { withConfinedRunner } from './confined-runner';
import { hostAddresses, reachScript, withHostServers } from './host-servers';

/** The kernel decides on connections of a control group, if root asks. */
const testClosed = process.getuid!() === 0 ? test : test.skip;

const OWN = hostAddresses();
const ports = withHostServers('::');
const [platformHost = '127.0.0.1'] = OWN;
const confined = withConfinedRunner(() => ({ host: platformHost, ports: [ports().api, ports().notifier] }), {
  allow: parseAllowList('169.254.0.9:7')!,
});
const open = withConfinedRunner(undefined, { ofHost: false });

/** Prints for each address and way whether it leads there. Arguments: the port, and addresses. */
const WAYS = `
import socket, sys
def way(kind, address, send):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    target, = {each[4] for each in socket.getaddrinfo(address, int(sys.argv[1]), family, kind)}
    with socket.socket(family, kind) as one:
        one.settimeout(2)
        kind == socket.SOCK_DGRAM and one.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        try:
            send(one, target)
        except OSError as error:
            return type(error).__name__
    return "open"
connect = lambda one, target: one.connect(target)
sendto = lambda one, target: one.sendto(b"x", target)
sendmsg = lambda one, target: one.sendmsg([b"x"], [], 0, target)
for address in sys.argv[2:]:
    udp = [way(socket.SOCK_DGRAM, address, send) for send in (connect, sendto, sendmsg)]
    print(address, *udp, way(socket.SOCK_STREAM, address, connect))
`;
const CLOSED = Array<string>(4).fill('PermissionError').join(' ');
const ways = (port: number, addresses: readonly string[]) => `python3 -c '${WAYS}' ${port} ${addresses.join(' ')}`;
const allClosed = (addresses: readonly string[]) => addresses.map((address) => `${address} ${CLOSED}\n`).join('');

const isIpv4 = (address: string) => !address.includes(':');
const mapped = (address: string) => `::ffff:${address}`;

testClosed('RT-05 in full no address of the host leads to its services', async () => {
  const addresses = [...OWN, ...OWN.filter(isIpv4).map(mapped), '127.0.0.1', '::1', '0.0.0.0', '::'];

  expect(await confined().output(ways(ports().other, addresses))).toBe(allClosed(addresses));
});

testClosed('RT-05 in full the platform is reached at an address of the host', async () => {
  const host = isIpv4(platformHost) ? platformHost : `[${platformHost}]`;
  const urls = [ports().api, ports().notifier, ports().other].map((port) => `http://${host}:${port}/`);

  expect(await confined().output(reachScript(urls))).toBe('api, notifier, EPERM\n');
});

testClosed('RT-05 in full a program reaches what it listens on at an address of the host', async () => {
  const serve = `
import socket, subprocess, sys
server = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
datagrams = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
datagrams.bind(("::", server.getsockname()[1]))
subprocess.run([sys.executable, "-c", sys.argv[1], str(server.getsockname()[1]), *sys.argv[2:]])`;

  const output = await confined().output(`python3 -c '${serve}' '${WAYS}' ${OWN.join(' ')}`);

  expect(output).toBe(OWN.map((address) => `${address} open open open open\n`).join(''));
});

const LINK_LOCAL = ['169.254.0.1', '169.254.255.254', 'fe80::1%1', 'fe80::1', 'febf::1'];
const METADATA = ['169.254.169.254', '169.254.170.2', '100.100.100.200', '168.63.129.16', 'fd00:ec2::254'];
const CLOSED_EVERYWHERE = [
  ...[...LINK_LOCAL, ...METADATA],
  ...['::ffff:169.254.169.254', '::ffff:100.100.100.200', '64:ff9b::169.254.169.254'],
];

testClosed('RT-05 in full no link-local and no metadata address is reached', async () => {
  expect(await confined().output(ways(9, CLOSED_EVERYWHERE))).toBe(allClosed(CLOSED_EVERYWHERE));
});

testClosed('RT-05 where the addresses of the host are open, those are closed, too', async () => {
  const reached = await open().output(
    `${ways(9, CLOSED_EVERYWHERE)}; ${reachScript([`http://127.0.0.1:${ports().other}/`])}`,
  );

  expect(reached).toBe(`${allClosed(CLOSED_EVERYWHERE)}other\n`);
});

testClosed('RT-05 a step of an environment build reaches none of them either', async () => {
  const options = { killGraceMs: 300, marker: 'build', actionVariables: [], onOutput: () => undefined };
  const directory = confined().packDirectory(1);
  mkdirSync(directory, { recursive: true });
  const script = `${ways(9, CLOSED_EVERYWHERE)}; ${reachScript([`http://127.0.0.1:${ports().other}/`])}`;
  const step = { command: 'sh', args: ['-c', script], cwd: directory, writable: [directory] };
  const stop = new AbortController().signal;

  const { log } = await runInstaller(step, { ...options, tenant: 1, builds: confined().builds, stop });

  expect(log).toBe(`${allClosed(CLOSED_EVERYWHERE)}other`);
});

testClosed('RT-05 in full no datagram reaches the host by a group of addresses', async () => {
  const groups = ['224.0.0.1', '255.255.255.255', '::ffff:224.0.0.251', 'ff02::1', 'ff0e::1'];

  expect(await confined().output(ways(9, groups))).toBe(allClosed(groups));
});

testClosed('RT-05 in full an address that is listed is reached at its port', async () => {
  const send = (port: number) => `s.sendto(b"x", ("169.254.0.9", ${port}))`;
  const script = (port: number) =>
    `python3 -c 'import socket; s = socket.socket(type=socket.SOCK_DGRAM); ${send(port)}' 2>&1 | tail -1`;

  expect(await confined().output(`${script(7)}; ${script(8)}; echo end`)).toBe(
    'PermissionError: [Errno 1] Operation not permitted\nend\n',
  );
});

/** Adds an address to the loopback interface, or removes it, as not every host has `ip`. */
const CHANGE_ADDRESS = `
import fcntl, socket, struct, sys
name, control = b"lo:tf", socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
SIOCSIFADDR, SIOCSIFNETMASK, SIOCSIFFLAGS = 0x8916, 0x891c, 0x8914
def address(text):
    return struct.pack("16sHH4s8x", name, socket.AF_INET, 0, socket.inet_aton(text))
if sys.argv[1] == "add":
    fcntl.ioctl(control, SIOCSIFADDR, address(sys.argv[2]))
    fcntl.ioctl(control, SIOCSIFNETMASK, address("255.255.255.255"))
else:
    fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sH14x", name, 0))
`;
const changeAddress = (change: 'add' | 'remove', address: string): void => {
  const { status, stderr } = spawnSync('python3', ['-c', CHANGE_ADDRESS, change, address], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
};

/** Sends until it may, or until it may not. */
const SEND_UNTIL = `
import socket, sys, time
while True:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        try:
            one.sendto(b"x", ("198.51.100.7", 9))
            outcome = "open"
        except PermissionError:
            outcome = "closed"
        except OSError:
            outcome = "open"
    if outcome == sys.argv[1]:
        break
    time.sleep(0.02)
print(outcome)
`;

testClosed('RT-05 an address that the host gets later is closed as long as it has it', async () => {
  const sendUntil = (outcome: string) => confined().output(`python3 -c '${SEND_UNTIL}' ${outcome}`);
  expect(await sendUntil('open')).toBe('open\n');

  changeAddress('add', '198.51.100.7');
  try {
    expect(await sendUntil('closed')).toBe('closed\n');
  } finally {
    changeAddress('remove', '198.51.100.7');
  }

  expect(await sendUntil('open')).toBe('open\n');
});
