import { reachScript } from './host-servers';

/** An action that tries to reach what is not its own, and how its execution must end. */
export interface HostileAction {
  readonly name: string;
  readonly script: string;
  readonly status: 'completed' | 'failed';
  /** The whole output; absent where the program is ended before it prints. */
  readonly stdout?: string;
}

/** Of each process of a hostile action, so that a test can look for it on the host. */
export const MARK = 'hostile-action';

/**
 * Ends a program that is not confined before it does anything: most of them would end every
 * process of an open host.
 */
const GUARD = String.raw`
processes=$(ls -d /proc/[0-9]* | wc -l)
limit=$(sed -n 's/^Max processes *\([0-9]*\).*/\1/p' /proc/self/limits)
if [ "$processes" -gt 20 ] || [ "$limit" = unlimited ] || ! grep -q '^NoNewPrivs:.1' /proc/self/status; then
  echo 'not confined'; exit 9
fi
`;

const refused = (name: string, command: string): HostileAction => ({
  name,
  script: `${command} >/dev/null 2>&1 && echo done || echo refused`,
  status: 'completed',
  stdout: 'refused\n',
});

/** Prints what it could read: the test looks for secrets in it. */
const reader = (name: string, command: string): HostileAction => ({
  name,
  script: `{ ${command}; } 2>/dev/null | tr -d '\\0' | head -c 200000; echo end`,
  status: 'completed',
});

/** Succeeds where the kernel does not reject the call. */
const systemCall = (numbers: Readonly<Record<string, number>>, args: string): string =>
  `python3 -c 'import ctypes, os, sys; sys.exit(ctypes.CDLL(None).syscall(${JSON.stringify(numbers)}[os.uname().machine], ${args}) < 0)'`;

const finds = (name: string, test: string): HostileAction => ({
  name,
  script: `find / -xdev ${test} -not -path '/proc/*' 2>/dev/null || :; echo end`,
  status: 'completed',
  stdout: 'end\n',
});

const actions: readonly HostileAction[] = [
  reader('memory-reader', 'cat /proc/[0-9]*/mem'),
  reader('environment-thief', 'cat /proc/[0-9]*/environ; env'),
  reader('command-line-reader', 'cat /proc/[0-9]*/cmdline'),
  reader('descriptor-reader', 'timeout 1 cat /proc/[0-9]*/fd/* </dev/null'),
  reader('artifact-reader', 'cat "$ATTUNE_ARTIFACTS_DIR"/../*/*'),
  reader('home-reader', 'cat /root/* /root/.* /home/*/*'),
  finds('database-finder', '\\( -name PG_VERSION -o -name ".s.PGSQL*" \\)'),
  finds('password-finder', '\\( -name platform.json -o -name postmaster.pid -o -name .pgpass \\)'),
  {
    name: 'loopback-scanner',
    script: `cat /proc/self/net/tcp /proc/self/net/tcp6 | awk '$4 == "0A"' | wc -l; ${reachScript(['$ATTUNE_API_URL/health'])}`,
    status: 'completed',
    stdout: '2\nOK\n', // the API and the notifier listen in its network, and nothing else
  },
  finds('pack-finder', '-name honest.secret'),
  finds('writable-group-finder', '-name cgroup.procs -writable'),
  refused('namespace-maker', 'unshare --user --map-root-user id'),
  refused('namespace-enterer', 'nsenter --target 1 --mount id'),
  refused('root-changer', 'chroot / id'),
  refused('mounter', 'mount -t tmpfs none /tmp'),
  refused('device-maker', 'mknod /tmp/device b 254 0'),
  refused('memory-device-reader', 'head -c 1 /dev/mem'),
  refused('password-file-reader', 'cat /etc/shadow'),
  refused('user-changer', 'setpriv --reuid=0 id'),
  refused('pattern-changer', 'echo x >/proc/sys/kernel/core_pattern'),
  refused('system-requester', 'echo b >/proc/sysrq-trigger'),
  refused('clock-changer', 'date -s 2020-01-01'),
  refused('limit-raiser', '{ ulimit -c unlimited; }'),
  refused('pack-changer', 'touch /usr/bin/hostile'),
  refused('control-group-leaver', '[ -e /sys/fs/cgroup/cgroup.procs ] && echo $$ >/sys/fs/cgroup/cgroup.procs'),
  refused('keyring-reader', systemCall({ x86_64: 250, aarch64: 219 }, '0, -3, 0')),
  refused('io-uring-maker', systemCall({ x86_64: 425, aarch64: 425 }, '1, 0')),
  refused('virtual-socket-opener', `python3 -c 'import socket; socket.socket(40, socket.SOCK_STREAM)'`),
  {
    name: 'killer-of-all',
    script: 'sleep 20 & kill -9 -1; echo alive',
    status: 'completed',
    stdout: 'alive\n',
  },
  {
    name: 'killer-of-neighbors',
    script: 'n=2; while [ $n -lt 3000 ]; do [ $n = $$ ] || kill -9 $n || :; n=$((n+1)); done 2>/dev/null; echo alive',
    status: 'completed',
    stdout: 'alive\n',
  },
  {
    name: 'fork-bomb',
    script: `exec sh -c 'while :; do sleep 20 & done'`,
    status: 'failed',
  },
  {
    name: 'disk-filler',
    script: `(trap '' XFSZ; cat /dev/zero >/tmp/full) 2>/dev/null || :; [ $(stat -c %s /tmp/full) -le 16777216 ] && echo end`,
    status: 'completed',
    stdout: 'end\n',
  },
  {
    name: 'artifact-filler',
    script: 'n=0; while :; do head -c 8M /dev/zero >"$ATTUNE_ARTIFACTS_DIR/full-$n"; n=$((n+1)); done',
    status: 'failed',
  },
  {
    name: 'memory-filler',
    script: `python3 -c '
import os, time
for _ in range(40):
    if os.fork() == 0:
        held = bytearray(os.urandom(1 << 20) * 16)
        time.sleep(60)
        os._exit(0)
time.sleep(60)
'`,
    status: 'failed',
  },
  {
    name: 'core-dumper',
    script: 'kill -SEGV $$',
    status: 'failed',
  },
  {
    name: 'orphan-maker',
    script: `(env -i setsid sh -c 'sleep 60; : ${MARK}' </dev/null >/dev/null 2>&1 &); echo end`,
    status: 'completed',
    stdout: 'end\n',
  },
  {
    name: 'signal-ignorer',
    script: `trap '' TERM INT HUP; while :; do sleep 0.1; done`,
    status: 'failed',
  },
];

export const HOSTILE_ACTIONS: readonly HostileAction[] = actions.map((action) => ({
  ...action,
  script: `: ${MARK}\n${GUARD}${action.script}`,
}));
