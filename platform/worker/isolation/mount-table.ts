import { join } from 'node:path';

/** What a confined program sees of the host. All paths are absolute. */
export interface SandboxView {
  /** Directory in which the program's root is built; empty outside the sandbox. */
  readonly root: string;
  /** Directories of the host that are visible, read-only. */
  readonly visible: readonly string[];
  /** Directories below a visible one that are empty. */
  readonly hidden: readonly string[];
  /** Directories that are visible read-only wherever they lie. */
  readonly exposed: readonly string[];
  /** Directories that are visible and writable. */
  readonly writable: readonly string[];
  /** The program's private home directory; null: it has none. */
  readonly home: string | null;
  /** Owner of the home directory. */
  readonly uid: number;
  /** `rbind` where this process may not separate a mount from those below it. */
  readonly bindKind: 'bind' | 'rbind';
  /** Size of each private file system, bytes. */
  readonly privateBytes: number;
  /** Options of the mount that contains the directory: they may not be lost. */
  optionsOf(path: string): readonly string[];
}

interface Mount {
  readonly source: string;
  readonly path: string;
  readonly type: string;
  readonly options: readonly string[];
}

const CREATE_MOUNT_POINT = 'X-mount.mkdir';
const EMPTY_BYTES = 1_024 * 1_024;
/** Sources must differ from those of the host's mounts: `mount -a` skips what is mounted. */
const SOURCE = 'tuningfork';

/** A table for `mount -a`, in the order of mounting. */
export const mountTable = (view: SandboxView): string =>
  [emptyDirectory('/', 0o755), ...byDepth([...hostDirectories(view), ...privateDirectories(view)])]
    .map(({ source, path, type, options }) =>
      [source, join(view.root, path), type, [...options, CREATE_MOUNT_POINT].join(','), '0', '0']
        .map(escaped)
        .join(' '),
    )
    .join('\n') + '\n';

const hostDirectories = ({ visible, exposed, writable, hidden, bindKind, optionsOf }: SandboxView): Mount[] => [
  ...visible.map((path) => bind(path, ['rbind', 'ro'], optionsOf)),
  bind('/dev', [bindKind, 'nosuid'], optionsOf),
  bind('/sys', [bindKind, 'ro', 'nosuid'], optionsOf),
  ...exposed.map((path) => bind(path, [bindKind, 'ro', 'nosuid'], optionsOf)),
  ...writable.map((path) => bind(path, [bindKind, 'nosuid', 'nodev'], optionsOf)),
  ...hidden.map((path) => emptyDirectory(path, 0o755)),
];

const privateDirectories = ({ home, uid, privateBytes }: SandboxView): Mount[] => [
  { source: `${SOURCE}-proc`, path: '/proc', type: 'proc', options: ['nosuid', 'nodev', 'noexec'] },
  {
    source: `${SOURCE}-pts`,
    path: '/dev/pts',
    type: 'devpts',
    options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=620'],
  },
  emptyDirectory('/run', 0o755),
  ...['/tmp', '/var/tmp', '/dev/shm'].map((path) => privateDirectory(path, privateBytes, ['mode=1777'])),
  ...(home === null ? [] : [privateDirectory(home, privateBytes, ['mode=700', `uid=${uid}`, `gid=${uid}`])]),
];

const bind = (path: string, kind: readonly string[], optionsOf: SandboxView['optionsOf']): Mount => ({
  source: path,
  path,
  type: 'none',
  options: [...new Set([...kind, ...optionsOf(path)])],
});

const emptyDirectory = (path: string, mode: number): Mount =>
  privateDirectory(path, EMPTY_BYTES, [`mode=${mode.toString(8)}`]);

const privateDirectory = (path: string, bytes: number, options: readonly string[]): Mount => ({
  source: SOURCE,
  path,
  type: 'tmpfs',
  options: ['nosuid', 'nodev', `size=${bytes}`, ...options],
});

/** Parents first; of two mounts at one path the later one is visible. */
const byDepth = (mounts: readonly Mount[]): Mount[] =>
  [...mounts].sort((one, other) => depth(one.path) - depth(other.path));

const depth = (path: string): number => path.split('/').filter(Boolean).length;

/** As the fields of fstab(5). */
const escaped = (text: string): string =>
  text.replace(/[\s\\#]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
