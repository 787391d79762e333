import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SettingError, type Env } from './values';

/** `PLATFORM_WEB_DIR`: a built web client. Null: none. Throws SettingError. */
export const readWebDirectory = (env: Env): string | null =>
  env.PLATFORM_WEB_DIR ? webDirectory('PLATFORM_WEB_DIR', env.PLATFORM_WEB_DIR) : null;

/** Its absolute path. Throws SettingError where it has no `index.html`. */
export function webDirectory(setting: string, path: string): string {
  const directory = resolve(path);
  if (existsSync(join(directory, 'index.html'))) return directory;
  throw new SettingError(setting, path, 'a directory with an index.html');
}
