import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const MAX_OUTPUT_BYTES = 256 * 1_024 * 1_024;
/** Of one command, ms: it may fetch from a server that no longer answers. */
const LIMIT_MS = 600_000;

/** What a command of git prints, run in this directory. Rejects where it fails. */
export async function git(directory: string, ...args: readonly string[]): Promise<string> {
  const options = { encoding: 'utf8', maxBuffer: MAX_OUTPUT_BYTES, timeout: LIMIT_MS } as const;
  return (await promisify(execFile)('git', ['-C', directory, ...args], options)).stdout;
}
