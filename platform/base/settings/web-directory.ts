import { lstatSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SettingError } from './values';

/** A built web client. */
export interface WebDirectory {
  /** The setting that named it: `--web` or `PLATFORM_WEB_DIR`. */
  readonly setting: string;
  /** Absolute. */
  readonly path: string;
}

/** Throws SettingError where it has no `index.html`, or a link in its place. */
export function webDirectory(setting: string, path: string): WebDirectory {
  const absolute = resolve(path);
  if (lstatSync(join(absolute, 'index.html'), { throwIfNoEntry: false })?.isFile()) return { setting, path: absolute };
  throw new SettingError(setting, path, 'a directory with an index.html that is no link');
}
