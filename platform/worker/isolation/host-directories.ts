import { readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, delimiter, dirname, isAbsolute, join, sep } from 'node:path';

/** Top-level directories of the host that a confined program does not get. */
const WITHHELD = new Set(['boot', 'dev', 'home', 'lost+found', 'proc', 'root', 'run', 'sys', 'tmp']);
/** Options of a mount that a process without the host's rights cannot clear. */
const KEPT_OPTIONS = ['nosuid', 'nodev', 'noexec'];

/** Whether a path is a directory, or lies below it. */
export const isWithin = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep);

/** The top-level directories of the host that hold programs and configuration. */
export const visibleDirectories = (): string[] =>
  readdirSync('/')
    .filter((name) => !WITHHELD.has(name) && isDirectory(`/${name}`))
    .map((name) => `/${name}`);

/**
 * Directories that programs need and that are not visible otherwise: those on the search path, the
 * installations of interpreters, and that of the name service's configuration.
 */
export function neededDirectories(interpreters: readonly string[], visible: readonly string[]): string[] {
  const onSearchPath = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((path) => isAbsolute(path))
    .map((path) => (basename(path) === 'shims' ? dirname(path) : path));
  const installations = interpreters.flatMap((path) => [path, realPath(path)]).map((path) => dirname(dirname(path)));
  const nameService = dirname(realPath('/etc/resolv.conf'));
  const candidates = [...onSearchPath, ...installations, nameService];
  return candidates.filter((path) => isDirectory(path) && path !== '/' && !isCovered(path, visible));
}

const OTHERS_MAY_ENTER = 0o001;

/** The outermost directory above the path that other users may not enter; null: none. */
export function closedAncestor(path: string): string | null {
  const parent = dirname(path);
  if (parent === path) return null;
  const isClosed = isDirectory(parent) && (statSync(parent).mode & OTHERS_MAY_ENTER) === 0;
  return closedAncestor(parent) ?? (isClosed ? parent : null);
}

/** Without those that lie below another one. */
export const outermost = (paths: readonly string[]): string[] =>
  [...new Set(paths)].filter((path) => !paths.some((other) => other !== path && isWithin(path, other)));

export const isCovered = (path: string, directories: readonly string[]): boolean =>
  directories.some((directory) => isWithin(path, directory));

/** The path itself where it does not exist. */
export const realPath = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
};

/** False also for a directory that this user cannot reach. */
const isDirectory = (path: string): boolean => {
  try {
    return statSync(join(path, '.')).isDirectory();
  } catch {
    return false;
  }
};

/** Reads the mounts of this process: `41 31 0:38 / /path rw,nosuid - …`. */
export function mountOptions(): (path: string) => readonly string[] {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter((fields) => fields.length > 5)
    .map((fields) => ({ path: fields[4]!, options: fields[5]!.split(',') }));
  return (path) => {
    const real = realPath(path);
    const containing = mounts.filter((mount) => isWithin(real, mount.path));
    const innermost = containing.reduce<(typeof mounts)[number] | undefined>(
      (best, mount) => (best === undefined || mount.path.length >= best.path.length ? mount : best),
      undefined,
    );
    return (innermost?.options ?? []).filter((option) => KEPT_OPTIONS.includes(option));
  };
}
