import {
  chmodSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';

const READ_BY_ALL = 0o004;
const RUN_BY_OWNER = 0o100;
const NEEDED_ONLY_TO_BUILD = /\.a$|^pkgconfig$/;

/** A tree that every user may read and run: hard links where they can serve, copies elsewhere. About 16 ms, or 225. */
export function cloneTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true, mode: 0o755 });
  chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (NEEDED_ONLY_TO_BUILD.test(entry.name)) continue;
    if (entry.isDirectory()) cloneTree(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else cloneFile(source, target);
  }
}

function cloneFile(source: string, target: string): void {
  const { mode } = statSync(source);
  if ((mode & READ_BY_ALL) !== 0 && linked(source, target)) return;
  copyFileSync(source, target);
  chmodSync(target, (mode & RUN_BY_OWNER) === 0 ? 0o644 : 0o755);
}

/** False where the two are on different devices, or where the system protects its links. */
function linked(source: string, target: string): boolean {
  try {
    linkSync(source, target);
    return true;
  } catch {
    return false;
  }
}
