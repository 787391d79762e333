import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What the launcher of confinements answers on a host that forbids namespaces. */
export const NOT_PERMITTED = 'unshare: Operation not permitted';

const PYTHON = `#!/bin/sh
case "$*" in *isolation/launcher*) echo '${NOT_PERMITTED}' >&2; exit 1;; esac
PATH="\${PATH#*:}" python3 "$@" | sed "1s|.*|$0|"
`;

/** A search path with a Python that cannot start confinements, and prints its name on request. */
export function forbiddingPath(directory: string): string {
  const bin = join(directory, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'python3'), PYTHON, { mode: 0o755 });
  return [bin, process.env.PATH].join(delimiter);
}
