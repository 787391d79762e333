/** What a confined program sees of the host. All paths are absolute. */
export interface ConfinementView {
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
  /** Where this process may not separate a mount from those below it. */
  readonly bindsAreRecursive: boolean;
  /** Size of each private file system, bytes. */
  readonly privateBytes: number;
  /** Options of the mount that contains the directory: they may not be lost. */
  optionsOf(path: string): readonly string[];
}

/** One mount below the program's root; its directory is created. */
export interface Mount {
  /** The directory of the host, of a `bind`. */
  readonly source: string;
  /** As the program sees it. */
  readonly path: string;
  readonly type: 'bind' | 'tmpfs' | 'proc' | 'devpts';
  /** As of mount(8); `recursive` is that of a `bind` with the mounts below it. */
  readonly options: readonly string[];
}

const EMPTY_BYTES = 1_024 * 1_024;
const SOURCE = 'tuningfork';

/** In the order of mounting. */
export const mountTable = (view: ConfinementView): Mount[] => [
  emptyDirectory('/', 0o755),
  ...byDepth([...hostDirectories(view), ...privateDirectories(view)]),
];

function hostDirectories({
  visible,
  exposed,
  writable,
  hidden,
  bindsAreRecursive,
  optionsOf,
}: ConfinementView): Mount[] {
  const kind = bindsAreRecursive ? ['recursive'] : [];
  const bind = (path: string, options: readonly string[]): Mount => ({
    source: path,
    path,
    type: 'bind',
    options: [...new Set([...options, ...optionsOf(path)])],
  });
  return [
    ...visible.map((path) => bind(path, ['recursive', 'ro'])),
    bind('/dev', [...kind, 'nosuid']),
    bind('/sys', [...kind, 'ro', 'nosuid']),
    ...exposed.map((path) => bind(path, [...kind, 'ro', 'nosuid'])),
    ...writable.map((path) => bind(path, [...kind, 'nosuid', 'nodev'])),
    ...hidden.map((path) => emptyDirectory(path, 0o755)),
  ];
}

const privateDirectories = ({ home, uid, privateBytes }: ConfinementView): Mount[] => [
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
