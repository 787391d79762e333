import { renameSync, writeFileSync } from 'node:fs';
import type { RunningProcess } from '../contract/platform-file';

const OWNER_ONLY = 0o600;

/** Writes the facts to their file, for a run of the suite on this host. It appears complete. */
export function writePlatformFile(running: RunningProcess): void {
  const temporary = `${running.platform_file}.new`;
  writeFileSync(temporary, `${JSON.stringify(running, null, 2)}\n`, { mode: OWNER_ONLY, flag: 'wx' });
  renameSync(temporary, running.platform_file);
}
