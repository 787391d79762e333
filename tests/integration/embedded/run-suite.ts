import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const ROOT = join(__dirname, '../../..');
const JEST = join(ROOT, 'node_modules/jest/bin/jest.js');

/** Runs the suite on the platform at this URL. */
export async function runSuite(url: string, directory: string): Promise<{ code: number | null; output: string }> {
  const env = { PATH: process.env.PATH, TMPDIR: directory, NO_COLOR: '1', PLATFORM_URL: url };
  const run = spawn(process.execPath, [JEST, 'tests/e2e/tier1', 'tests/e2e/tier2'], { cwd: ROOT, env });
  const [stdout, stderr, [code]] = await Promise.all([text(run.stdout), text(run.stderr), once(run, 'exit')]);
  return { code: code as number | null, output: stdout + stderr };
}
