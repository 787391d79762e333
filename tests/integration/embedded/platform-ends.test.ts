import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { dirSync } from 'tmp';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { readOrEmpty } from '../../../helpers/scenario/processes';

const ROOT = join(__dirname, '../../..');
const JEST = [join(ROOT, 'node_modules/jest/bin/jest.js'), 'tests/e2e/tier2/t2-09', '-t', 'T2.9a'];
/** Only the test runs it, and no probe. */
const ACTION = /\0ATTUNE_ACTION=\S*\.spawn-children-and-sleep\0/;

const hostPids = (): number[] => readdirSync('/proc').map(Number).filter(Number.isInteger);

/** 0 for a process that has ended. */
const parentOf = (pid: number): number => Number(/^PPid:\t(\d+)$/m.exec(readOrEmpty(`/proc/${pid}/status`))?.[1] ?? 0);

const descendsFrom = (ancestor: number, pid: number): boolean =>
  pid > 1 && (pid === ancestor || descendsFrom(ancestor, parentOf(pid)));

const isAction = (pid: number): boolean => ACTION.test(`\0${readOrEmpty(`/proc/${pid}/environ`)}`);

test('a run whose platform ends names its end and its tests, and exits with 3', async () => {
  const { name: directory, removeCallback } = dirSync({ prefix: 'platform-ends', unsafeCleanup: true });
  const env = { PATH: process.env.PATH, TMPDIR: directory, NO_COLOR: '1' };
  const run = spawn(process.execPath, JEST, { cwd: ROOT, env });
  const output = Promise.all([text(run.stdout), text(run.stderr)]);
  const ended = once(run, 'exit');
  const runsAction = predicateToHold('an action of a test to run', () =>
    hostPids().some((pid) => isAction(pid) && descendsFrom(run.pid!, pid)),
  );
  await until(runsAction, performance.now() + 60_000);
  const platform = hostPids().find(
    (pid) => parentOf(pid) === run.pid && readOrEmpty(`/proc/${pid}/cmdline`).includes('tuningfork.js'),
  );

  process.kill(platform!, 'SIGKILL');
  const [code] = (await ended) as [number];

  const printed = (await output).join('');
  removeCallback();
  expect(code).toBe(3);
  expect(printed).toContain('the platform ended during the run (SIGKILL)');
  expect(printed).toMatch(/● T2\.9a /);
});
