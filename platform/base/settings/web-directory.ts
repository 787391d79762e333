import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SettingError } from './values';

/** The absolute path of a built web client. Throws SettingError where it has no `index.html`. */
export function webDirectory(setting: string, path: string): string {
  const directory = resolve(path);
  if (existsSync(join(directory, 'index.html'))) return directory;
  throw new SettingError(setting, path, 'a directory with an index.html');
}
