import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createIsolation, isolationMode, type Isolation } from '../../../platform/worker/isolation/isolation';
import { findPython } from '../../../platform/worker/runtimes/python';
import { backendTest as test, currentBackend } from './backends';
import { isolationOptions } from './confined-runner';

const PATH = process.env.PATH ?? '';
/** On every host, below a directory that programs see. */
const BELOW_VISIBLE = '/var/cache';

let directory: string;
const opened: Isolation[] = [];
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'host-access-'))));
afterEach(async () => {
  for (const isolation of opened.splice(0)) await isolation.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Confinements whose launcher runs in what `prepared-host.py` prepares; null: as the host is. */
async function open(preparation: string | null): Promise<Isolation> {
  const python = await findPython();
  const prepared = join(__dirname, 'prepared-host.py');
  const isolation = createIsolation({
    ...isolationOptions(directory, currentBackend()),
    variables: { PATH, ...(preparation !== null && { PREPARED_HOST: preparation }) },
    python: preparation === null ? python!.path : prepared,
    interpreters: [process.execPath, python!.path],
  });
  opened.push(isolation);
  return isolation;
}

/** What a program prints on both streams. */
async function output(isolation: Isolation, script: string): Promise<string> {
  const waiting = await isolation.start({ tenant: 1, network: 'full' }, null);
  const printed = Promise.all([text(waiting.stdout), text(waiting.stderr)]);
  waiting.exec({ command: '/bin/sh', args: ['-c', script], env: { PATH }, cwd: '/', input: null });
  waiting.stdin.end();
  await waiting.exited;
  const streams = await printed;
  await waiting.close();
  return streams.join('');
}

test.each(['mounts', 'old-kernel'])('RT-11 file systems below visible ones are read-only: %s', async (preparation) => {
  const isolation = await open(`${preparation}:${BELOW_VISIBLE}`);
  const script = `grep -c ' ${BELOW_VISIBLE} tmpfs' /proc/self/mounts; touch ${BELOW_VISIBLE}/mine; ls -A ${BELOW_VISIBLE}`;

  expect(await output(isolation, script)).toBe(
    `1\ntouch: cannot touch '${BELOW_VISIBLE}/mine': Read-only file system\n`,
  );
});

test('RT-11 the control groups of the host are not there', async () => {
  const isolation = await open(null);

  expect(await output(isolation, 'stat --format %F /sys/fs/cgroup; ls -A /sys/fs/cgroup')).toBe('directory\n');
});

test('RT-10 a program is what the kernel ends first where memory runs out', async () => {
  const isolation = await open(null);

  expect(await output(isolation, 'cat /proc/self/oom_score_adj; sh -c "cat /proc/self/oom_score_adj"')).toBe(
    '1000\n1000\n',
  );
});

/** Prints a line for each call, with the name of its error. */
const CALLS = `
import ctypes, errno, platform, socket
libc = ctypes.CDLL(None, use_errno=True)
numbers = {"x86_64": (250, 248, 249, 298, 323, 321, 300, 304), "aarch64": (219, 217, 218, 241, 282, 280, 262, 265)}
names = ("keyctl", "add_key", "request_key", "perf_event_open", "userfaultfd", "bpf", "fanotify_init", "open_by_handle_at")
calls = dict(zip(names, numbers[platform.machine()]), io_uring_setup=425, memfd_secret=447)
for name, number in calls.items():
    print(name, libc.syscall(number, 0, 0, 0, 0, 0), errno.errorcode[ctypes.get_errno()])
for family in (socket.AF_VSOCK, socket.AF_ALG, socket.AF_PACKET):
    try:
        socket.socket(family, socket.SOCK_STREAM)
        print(family, "opened")
    except OSError as error:
        print(int(family), errno.errorcode[error.errno])
for family in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6):
    socket.socket(family, socket.SOCK_STREAM).close()
socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).close()
print("others open")
`;

test('RT-11 system calls that reach past a confinement are not there', async () => {
  const isolation = await open(null);
  const absent = ['keyctl', 'add_key', 'request_key', 'perf_event_open', 'userfaultfd', 'bpf', 'fanotify_init'];
  const names = [...absent, 'open_by_handle_at', 'io_uring_setup', 'memfd_secret'];

  const printed = await output(isolation, `python3 - <<'EOF'\n${CALLS}\nEOF`);

  expect(printed.trimEnd().split('\n')).toEqual([
    ...names.map((name) => `${name} -1 ENOSYS`),
    ...[40, 38, 17].map((family) => `${family} EAFNOSUPPORT`),
    'others open',
  ]);
});

test('RT-11 the keyring of the session of the platform is not there', async () => {
  const key = `operator-key-${currentBackend()}`;
  const isolation = await open(`keyring:${key}`);
  // The names of a user's keys are visible to all its processes, whatever their keyrings are.
  const visible = isolationMode() === 'root' ? 0 : 1;

  expect(await output(isolation, `grep -c ${key} /proc/keys`)).toBe(`${visible}\n`);
});
