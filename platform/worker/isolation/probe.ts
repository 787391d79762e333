import { mkdir, mkdtemp, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NetworkMode } from '../../../contract/packs';
import { errorMessage } from '../../base/error-details';
import type { Isolation } from './isolation';
import { removeTree } from '../../files/remove-tree';

const PROBE_TIMEOUT_MS = 10_000;
/** No tenant has it. */
const NO_TENANT = 0;

/**
 * Prints what must be absent. The program is not the first process of its namespace, and sees no
 * process of the host. Arguments: a hidden file, its user, the network that it must not be in.
 */
const PROBE = `
grep -E '^(CapEff|NoNewPrivs)' /proc/self/status
[ -e "$1" ] && echo "reads $1"
[ "$(id -u)" = "$2" ] || echo "runs as user $(id -u)"
[ "$(readlink /proc/self/ns/net)" = "$3" ] && echo "is in the host's network"
[ $$ -gt 1 ] && [ $$ -lt 100 ] || echo "is process $$"
kill -TERM $$
`;
const EXPECTED = 'CapEff:\t0000000000000000\nNoNewPrivs:\t1\n';

/** Confines a process of its own. Null: it is confined; else the reason why not. */
export async function probeIsolation(
  isolation: Isolation,
  network: NetworkMode,
  directory: string,
): Promise<string | null> {
  await mkdir(directory, { recursive: true });
  const hidden = await mkdtemp(join(directory, 'isolation-'));
  try {
    const file = join(hidden, 'file');
    await writeFile(file, '');
    return await runProbe(isolation, network, file);
  } catch (error) {
    return errorMessage(error);
  } finally {
    await removeTree(hidden);
  }
}

async function runProbe(isolation: Isolation, network: NetworkMode, hiddenFile: string): Promise<string | null> {
  const env = { PATH: process.env.PATH ?? '' };
  const confined = await isolation.start({ tenant: NO_TENANT, network }, null);
  try {
    const output = text(confined.stdout);
    const foreignNetwork = network === 'full' ? '' : await readlink('/proc/self/ns/net');
    const args = ['-c', PROBE, 'probe', hiddenFile, String(isolation.uidOf(NO_TENANT)), foreignNetwork];
    confined.exec({ command: '/bin/sh', args, env, cwd: '/', input: null });
    const timeout = sleep(PROBE_TIMEOUT_MS, undefined, { ref: false }).then(() =>
      Promise.reject(new Error(`the probe did not end within ${PROBE_TIMEOUT_MS / 1_000} s`)),
    );
    const { exitCode, signal } = await Promise.race([confined.exited, timeout]);
    const found = await output;
    if (found !== EXPECTED) return `a confined process ${found.replace(EXPECTED, '').trim() || 'printed nothing'}`;
    return signal === 'SIGTERM' ? null : `a confined process that was terminated exited with ${String(exitCode)}`;
  } finally {
    await confined.close();
  }
}
