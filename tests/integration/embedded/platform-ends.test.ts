import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until, type Condition } from '../../../helpers/scenario/polling';
import { hostPids, parentOf, readOrEmpty } from '../../../helpers/scenario/processes';
import { startPlatform } from '../../../helpers/target/start/started-platform';
import { suiteSettings } from '../../../helpers/target/start/suite-settings';
import { livenessDeadline } from '../liveness';
import { testDirectory } from '../../test-directory';

const ROOT = join(__dirname, '../../..');
const UNREACHABLE = 'http://127.0.0.1:1/';
const CLAIMS = ['tests/e2e/tier2/t2-09-execution-timeout', '-i', '-t', 'T2.9[acg]'];
const JEST = [join(ROOT, 'node_modules/jest/bin/jest.js'), ...CLAIMS];
/** A liveness bound: the start of a platform, its probes and one test on a busy machine. */
const START_MS = 240_000;
jest.setTimeout(START_MS + 60_000);

/** A run of three claims, one after the other. */
function startRun(variables: NodeJS.ProcessEnv = {}) {
  const directory = testDirectory();
  const kept = join(directory, 'results');
  const report = join(directory, 'report.json');
  const env = { PATH: process.env.PATH, TMPDIR: directory, NO_COLOR: '1', E2E_RESULTS: kept, ...variables };
  const run = spawn(process.execPath, [...JEST, '--json', '--outputFile', report], { cwd: ROOT, env });
  const output = Promise.all([text(run.stdout), text(run.stderr)]).then((texts) => texts.join(''));
  const ended = once(run, 'exit') as Promise<[number]>;
  const firstToPass: Condition<true> = {
    name: 'the first claim to pass',
    async check() {
      if (run.exitCode !== null) return { is: 'impossible', why: `exit ${run.exitCode}: ${await output}` };
      const names = existsSync(kept) ? (readdirSync(kept, { recursive: true }) as string[]) : [];
      return names.some((name) => /^running-.*records-/.test(name))
        ? { is: 'met', value: true }
        : { is: 'pending', why: 'no record is written' };
    },
  };
  return {
    pid: run.pid!,
    firstPassed: () => until(firstToPass, performance.now() + START_MS),
    result: async () => {
      const [code] = await ended;
      const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8')) as Record<string, number>;
      return { code, numPassedTests, numFailedTests, printed: await output, files: readdirSync(kept) };
    },
  };
}

// all wait most of their time, each for another platform
test.concurrent('a run whose platform ends keeps what has passed, and exits with 3', async () => {
  const run = startRun();
  await run.firstPassed();
  const platform = hostPids().find(
    (pid) => parentOf(pid) === run.pid && readOrEmpty(`/proc/${pid}/cmdline`).includes('tuningfork.js'),
  );

  process.kill(platform!, 'SIGKILL');
  const { printed, files, ...result } = await run.result();

  const logs = files.filter((name) => name.endsWith('.platform.log'));
  expect(result).toEqual({ code: 3, numPassedTests: 1, numFailedTests: 2 });
  expect(printed).toContain('Recorded:    proved 1 of 3: passed 1, failed 2,');
  expect(printed).toContain('the platform ended during the run (SIGKILL)');
  expect(printed).not.toContain('TARGET_UNREACHABLE');
  expect(printed).toMatch(new RegExp(`^Log: +.*${logs[0]}$`, 'm'));
  expect(logs).toHaveLength(1);
  expect(printed).toMatch(/● T2\.9g /);
  expect(files.filter((name) => name.startsWith('running-'))).toEqual([]);
});

test.concurrent('the same of a run on a platform that is not its own', async () => {
  const { running, stop } = await startPlatform(suiteSettings({ npm: UNREACHABLE, python: UNREACHABLE }));
  const file = join(testDirectory(), 'platform.json');
  writeFileSync(file, JSON.stringify(running), { mode: 0o600 });
  const run = startRun({ PLATFORM_URL: running.url, PLATFORM_FILE: file });
  await run.firstPassed();

  process.kill(running.pid, 'SIGKILL');
  const { printed, files, ...result } = await run.result();
  await stop();

  expect(result).toEqual({ code: 3, numPassedTests: 1, numFailedTests: 2 });
  expect(printed).toContain('Recorded:    proved 1 of 3: passed 1, failed 2,');
  expect(printed.match(/TARGET_UNREACHABLE: .*/g)).toEqual([
    expect.stringContaining('TARGET_UNREACHABLE: the platform has ended: ECONNREFUSED: '),
  ]);
  expect(files.filter((name) => name.startsWith('running-'))).toEqual([]);
});

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
