import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { readOrEmpty } from '../../../helpers/scenario/processes';
import { spawnCli, waitForExit, waitForReady } from '../embedded/cli-process';
import { withPrivateBase } from '../embedded/holder-process';

const base = withPrivateBase();

const interpreter = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
const launcher = join(base.path, 'python3');

/** The program on the search path records its runs in a file, and starts Python. */
function writeLauncher(record: string): void {
  writeFileSync(launcher, `#!/bin/sh\necho run >>${join(base.path, record)}\nexec ${interpreter} "$@"\n`);
  chmodSync(launcher, 0o755);
}

const runsIn = (record: string): number => readOrEmpty(join(base.path, record)).split('\n').filter(Boolean).length;

async function startAndStop(): Promise<void> {
  const cli = spawnCli(['up', '--port', '0', '--json', '--exit-with-stdin'], {
    PATH: `${base.path}:${process.env.PATH ?? ''}`,
  });
  await waitForReady(cli);
  cli.stdin.end();
  await waitForExit(cli);
}

test('a launcher of Python runs at the first start, and after its change', async () => {
  writeLauncher('first');
  await startAndStop();
  const atFirstStart = runsIn('first');
  await startAndStop();

  writeLauncher('second');
  await startAndStop();

  expect(atFirstStart).toBeGreaterThan(0);
  expect([runsIn('first'), runsIn('second') > 0]).toEqual([atFirstStart, true]);
});
