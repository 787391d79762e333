import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { dirSync } from 'tmp';
import { errnoCode } from '../../../helpers/errors';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';

const ROOT = join(__dirname, '../../..');
const JEST = [join(ROOT, 'node_modules/jest/bin/jest.js'), 'tests/e2e/tier2/t2-09', '-t', 'T2.9a'];
/** Only the test runs it, and no probe. */
const ACTION = /\0ATTUNE_ACTION=\S*\.spawn-children-and-sleep\0/;

/** Of a process that has ended, the other value. */
function readUnlessEnded<T>(read: () => T, other: T): T {
  try {
    return read();
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES'].some((code) => code === errnoCode(error))) return other;
    throw error;
  }
}

const readOrEmpty = (path: string): string => readUnlessEnded(() => readFileSync(path, 'latin1'), '');
const threadsOf = (pid: number): string[] => readUnlessEnded(() => readdirSync(`/proc/${pid}/task`), []);

function childrenOf(pid: number): number[] {
  const lines = threadsOf(pid).map((thread) => readOrEmpty(`/proc/${pid}/task/${thread}/children`));
  return lines.flatMap((line) => line.split(' ').filter(Boolean).map(Number));
}

const descendantsOf = (pid: number): number[] => childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);

const isAction = (pid: number): boolean => ACTION.test(`\0${readOrEmpty(`/proc/${pid}/environ`)}`);

test('a run whose platform ends names its end and its tests, and exits with 3', async () => {
  const { name: directory, removeCallback } = dirSync({ prefix: 'platform-ends', unsafeCleanup: true });
  const env = { PATH: process.env.PATH, TMPDIR: directory, NO_COLOR: '1' };
  const run = spawn(process.execPath, JEST, { cwd: ROOT, env });
  const output = Promise.all([text(run.stdout), text(run.stderr)]);
  const ended = once(run, 'exit');
  const runsAction = predicateToHold('an action of a test to run', () => descendantsOf(run.pid!).some(isAction));
  await until(runsAction, performance.now() + 60_000);
  const platform = childrenOf(run.pid!).find((pid) => readOrEmpty(`/proc/${pid}/cmdline`).includes('tuningfork.js'));

  process.kill(platform!, 'SIGKILL');
  const [code] = (await ended) as [number];

  const printed = (await output).join('');
  removeCallback();
  expect(code).toBe(3);
  expect(printed).toContain('the platform ended during the run (SIGKILL)');
  expect(printed).toMatch(/● T2\.9a /);
});
