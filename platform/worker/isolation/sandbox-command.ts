import type { NetworkMode } from '../../../contract/packs';

/** How this process may confine others. */
export type IsolationMode = 'root' | 'user';

/** A shell to start, and what it does before it waits. */
export interface ShellCommand {
  readonly command: string;
  readonly args: readonly string[];
}

export interface SandboxLimits {
  readonly openFiles: number;
  readonly fileBytes: number;
  /** Processes and threads of one program at the same time. */
  readonly processes: number;
  /** The same of all programs of a user id: as root, of a tenant. */
  readonly tenantProcesses: number;
  /** Data that one process may allocate. */
  readonly memoryBytes: number;
}

/** What one sandbox differs from another one by. */
export interface SandboxKind {
  readonly tenant: number;
  readonly network: NetworkMode;
}

/** What the sandboxes of a tenant have in common. */
export interface TenantSandbox {
  readonly mode: IsolationMode;
  readonly uid: number;
  readonly gid: number;
  /** The file with the table of its mounts. */
  readonly mountTable: string;
  /** Directory that becomes the program's root. */
  readonly root: string;
  readonly limits: SandboxLimits;
}

/** Of one sandbox; `enter` begins a command that runs in a network which exists already. */
export type SandboxNetwork = 'host' | 'none' | { readonly enter: readonly string[] };

/** Descriptor 5 keeps the program's standard error. */
const REPORT_TO_WORKER = 'exec 5>&2 2>&4; exec "$@"';

/**
 * Runs in its own mount, IPC and process namespaces. Arguments: mount table, last command.
 *
 * Descriptor 4 is the worker's: it starts the setup, and gets the pid of the namespace's first
 * process. That process ends with the worker's end, and with it every other one in the namespace.
 * It ignores SIGCHLD, so that the kernel reaps orphans.
 *
 * The last command forks outside the process namespace: the program is not its first process,
 * which would ignore SIGTERM, and its exit reaches the worker unchanged.
 */
const SETUP = String.raw`
set -e
read -r start <&4
( trap '' CHLD; exec </dev/null >/dev/null 2>&1 3<&- 5>&-; read -r end <&4 ) &
trap 'kill -9 $!' EXIT
echo "$!" >&4
mount -a -T "$1"
shift
cd /
exec "$@"
`;

/**
 * Ends in a shell without any right of the host, which reads its commands from standard input. A
 * network that exists already belongs to a user namespace in which the setup has its rights.
 */
export function sandboxCommand(
  { mode, uid, gid, mountTable, root, limits }: TenantSandbox,
  network: SandboxNetwork,
): ShellCommand {
  const enterNetwork = typeof network === 'object' ? network.enter : [];
  const needsRights = mode === 'user' && enterNetwork.length === 0;
  const namespaces = [
    ...(needsRights ? ['--user', '--map-root-user'] : []),
    ...(network === 'none' ? ['--net'] : []),
    ...['--mount', '--ipc', '--pid'],
  ];
  const enter = mode === 'root' ? [] : ['--user', `--map-user=${uid}`, `--map-group=${gid}`];
  const drop =
    mode === 'root'
      ? [
          ...[`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'],
          ...['--bounding-set=-all', '--inh-caps=-all', '--ambient-caps=-all'],
        ]
      : [];
  const last = [
    ...['unshare', ...enter, '--fork', `--root=${root}`, 'prlimit', ...limitOptions(mode, limits)],
    ...['setpriv', ...drop, '--no-new-privs', '--', '/bin/sh'],
  ];
  const setup = ['unshare', ...namespaces, '--', '/bin/sh', '-c', SETUP, 'sandbox', mountTable, ...last];
  return { command: '/bin/sh', args: ['-c', REPORT_TO_WORKER, 'sandbox', ...enterNetwork, ...setup] };
}

/**
 * Set inside the last user namespace: a process counts there, and not among those of the user on
 * the host. As root, control groups limit the processes of one program.
 */
const limitOptions = (mode: IsolationMode, limits: SandboxLimits): string[] => [
  ...['--core=0', `--nofile=${limits.openFiles}`, `--fsize=${limits.fileBytes}`, `--data=${limits.memoryBytes}`],
  `--nproc=${mode === 'root' ? limits.tenantProcesses : limits.processes}`,
];
