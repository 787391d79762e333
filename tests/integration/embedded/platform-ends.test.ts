import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until, type Condition } from '../../../helpers/scenario/polling';
import { hostPids, readOrEmpty } from '../../../helpers/scenario/processes';
import { startPlatform } from '../../../helpers/target/start/started-platform';
import { suiteSettings } from '../../../helpers/target/start/suite-settings';
import { livenessDeadline } from '../liveness';
import { testDirectory } from '../../test-directory';

const ROOT = join(__dirname, '../../..');
const JEST = [join(ROOT, 'node_modules/jest/bin/jest.js'), 'tests/e2e/tier2/t2-09', '-t', 'T2.9a'];
/** A liveness bound: the start of a platform, its probes and one test on a busy machine. */
const START_MS = 240_000;
jest.setTimeout(START_MS + 60_000);
/** Only the test runs it, and no probe. */
const ACTION = /\0ATTUNE_ACTION=\S*\.spawn-children-and-sleep\0/;

/** 0 for a process that has ended. */
const parentOf = (pid: number): number => Number(/^PPid:\t(\d+)$/m.exec(readOrEmpty(`/proc/${pid}/status`))?.[1] ?? 0);

const descendsFrom = (ancestor: number, pid: number): boolean =>
  pid > 1 && (pid === ancestor || descendsFrom(ancestor, parentOf(pid)));

const isAction = (pid: number): boolean => ACTION.test(`\0${readOrEmpty(`/proc/${pid}/environ`)}`);

const actionToRun = (run: ChildProcess, output: Promise<string[]>): Condition<true> => ({
  name: 'an action of a test to run',
  async check() {
    if (run.exitCode !== null) return { is: 'impossible', why: `exit ${run.exitCode}: ${(await output).join('')}` };
    const runs = hostPids().some((pid) => isAction(pid) && descendsFrom(run.pid!, pid));
    return runs ? { is: 'met', value: true } : { is: 'pending', why: 'no process of the run has its variables' };
  },
});

// both wait most of their time, each for another platform
test.concurrent('a run whose platform ends reports its tests, and exits with 3', async () => {
  const directory = testDirectory();
  const kept = join(directory, 'results');
  const env = { PATH: process.env.PATH, TMPDIR: directory, NO_COLOR: '1', E2E_RESULTS: kept };
  const report = join(directory, 'report.json');
  const run = spawn(process.execPath, [...JEST, '--json', '--outputFile', report], { cwd: ROOT, env });
  const output = Promise.all([text(run.stdout), text(run.stderr)]);
  const ended = once(run, 'exit');
  await until(actionToRun(run, output), performance.now() + START_MS);
  const platform = hostPids().find(
    (pid) => parentOf(pid) === run.pid && readOrEmpty(`/proc/${pid}/cmdline`).includes('tuningfork.js'),
  );

  process.kill(platform!, 'SIGKILL');
  const [code] = (await ended) as [number];

  const printed = (await output).join('');
  const results: unknown = JSON.parse(readFileSync(report, 'utf8'));
  const logs = readdirSync(kept).filter((name) => name.endsWith('.platform.log'));
  expect(code).toBe(3);
  expect(results).toMatchObject({ numPassedTests: 0, numFailedTests: 1 });
  expect(printed).toContain('the platform ended during the run (SIGKILL)');
  expect(printed).toMatch(new RegExp(`^Log: +.*${logs[0]}$`, 'm'));
  expect(logs).toHaveLength(1);
  expect(printed).toMatch(/● T2\.9a /);
});

const UNREACHABLE = 'http://127.0.0.1:1/';

test.concurrent('a platform that does not end is killed, and leaves no directory', async () => {
  const platform = await startPlatform(suiteSettings({ npm: UNREACHABLE, python: UNREACHABLE }));
  const { pid, directory } = platform.running;
  process.kill(pid, 'SIGSTOP');

  await expect(platform.stop()).rejects.toThrow(`(pid ${pid}) did not end within 20 s of the end of its stdin`);

  expect(platform.exitReason()).toBe('SIGKILL');
  await until(
    predicateToHold('its directory to be removed', () => !existsSync(directory)),
    livenessDeadline(),
  );
});
