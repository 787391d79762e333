import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { dirSync } from 'tmp';
import { startAttuneStub, type Filling } from '../../attune/attune-stub';

const ROOT = join(__dirname, '../../..');
const JEST = join(ROOT, 'node_modules/jest/bin/jest.js');
const RUN_LIMIT_MS = 90_000;

/** Runs the suite on the platform at this URL. */
async function runSuite(url: string, directory: string): Promise<{ code: number | null; output: string }> {
  const env = { PATH: process.env.PATH, TMPDIR: directory, NO_COLOR: '1', PLATFORM_URL: url };
  const run = spawn(process.execPath, [JEST, 'tests/e2e/tier1', 'tests/e2e/tier2'], { cwd: ROOT, env });
  const [stdout, stderr, [code]] = await Promise.all([text(run.stdout), text(run.stderr), once(run, 'exit')]);
  return { code: code as number | null, output: stdout + stderr };
}

test.each<Filling>(['least', 'most'])(
  'a run accepts the %s that the contract promises',
  async (filling) => {
    const directory = dirSync({ prefix: 'stub-run', unsafeCleanup: true });
    await using stub = await startAttuneStub(filling);

    const { code, output } = await runSuite(stub.url, directory.name);

    expect(output).toContain('the target accepts executions but does not run them');
    expect(output).not.toContain('OFF_CONTRACT');
    expect(code).toBe(3);
    expect(stub.requests.length).toBeGreaterThanOrEqual(40);
    expect(readdirSync(directory.name).filter((name) => name.startsWith('e2e-run'))).toEqual([]);
    directory.removeCallback();
  },
  RUN_LIMIT_MS,
);
