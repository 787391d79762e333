import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { parser } from 'sax';
import { CONFINE, END_PROCESSES, READ_JUNIT, RUN_TEST, TEST_END } from '../stack/host-scripts';
import { mustRun } from '../transport/transport';
import type { TestCases, TestReport } from '../../../contract/sandbox-report';
import { assignments, variablesOf, type Ports, type Sandbox } from './sandbox';
import { lastLines, storeOutput } from './stored-output';

/** Lines of each stream in a report. */
const TAIL_LINES = 200;
/** For the end of the test command beyond its limit, which its host keeps, ms. */
const LIMIT_MARGIN_MS = 30_000;

/** Where the output of the test command goes besides its files. */
export interface TestOutput {
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/** Runs the test command in the copy, and ends whatever it leaves running. */
export async function runTest(sandbox: Sandbox, ports: Ports, output: TestOutput | null): Promise<TestReport> {
  const { transport, manifest, names, directory, results, stop } = sandbox;
  const files = { stdout: join(results, 'test.stdout'), stderr: join(results, 'test.stderr') };
  const from = performance.now();
  const [stdout, stderr] = [storeOutput(files.stdout, output?.stdout), storeOutput(files.stderr, output?.stderr)];
  const given = assignments(variablesOf(sandbox, ports));
  const confine = (await mustRun(transport, CONFINE)).trim();
  const options = {
    args: [directory, String(manifest.timeout), manifest.test_command, confine, names.testMark, ...given],
    stdout: stdout.to,
    stderr: stderr.to,
    limitMs: manifest.timeout * 1_000 + LIMIT_MARGIN_MS,
  };
  await endOnStop(
    stop,
    () => end(sandbox),
    () => mustRun(transport, RUN_TEST, options),
  );
  const killed = await end(sandbox);
  await Promise.all([stdout.end(), stderr.end()]);
  const [code, limit] = (await mustRun(transport, TEST_END, { args: [directory] })).split('\n');
  const ms = Math.round(performance.now() - from);
  const cases = await readCases(sandbox);
  return {
    command: manifest.test_command,
    exit_code: Number(code),
    timed_out: limit === 'limit',
    killed,
    ms,
    cases,
    files,
    stdout_tail: await lastLines(files.stdout, TAIL_LINES),
    stderr_tail: await lastLines(files.stderr, TAIL_LINES),
  };
}

/** Ends the test command and its children. Returns how many had to be killed. */
const end = async ({ transport, names }: Sandbox): Promise<number> =>
  Number(await mustRun(transport, END_PROCESSES, { args: [names.testMark, ''] }));

/** Null where the manifest names no JUnit file, or the test command has written none there. */
async function readCases({ transport, directory, manifest: { junit } }: Sandbox): Promise<TestCases | null> {
  if (junit === undefined) return null;
  const { code, stdout } = await transport.run(READ_JUNIT, { args: [directory, junit] });
  if (code !== 0) return null;
  return countTestCases(stdout);
}

const ROOTS = new Set<string | null>(['testsuites', 'testsuite']);

/**
 * Counts the test cases of a JUnit file: one is failed with a `failure` or an `error` in it. Null
 * where the text is no JUnit.
 */
function countTestCases(text: string): TestCases | null {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  let outcome: keyof TestCases | null = null;
  let root: string | null = null;
  let isXml = true;
  const xml = parser(true);
  xml.onerror = () => {
    isXml = false;
    xml.resume();
  };
  xml.onopentag = ({ name }) => {
    root ??= name;
    if (name === 'testcase') outcome = 'passed';
    if (outcome === null) return;
    if (name === 'failure' || name === 'error') outcome = 'failed';
    if (name === 'skipped' && outcome === 'passed') outcome = 'skipped';
  };
  xml.onclosetag = (name) => {
    if (name !== 'testcase' || outcome === null) return;
    counts[outcome]++;
    outcome = null;
  };
  xml.write(text).close();
  return isXml && ROOTS.has(root) ? counts : null;
}

/** Runs work that `end` ends where a signal stops the run. What it leaves, the teardown ends. */
async function endOnStop<T>(stop: AbortSignal, end: () => Promise<unknown>, work: () => Promise<T>): Promise<T> {
  const onAbort = () => void end().catch(() => undefined);
  stop.addEventListener('abort', onAbort, { once: true });
  try {
    return await work();
  } finally {
    stop.removeEventListener('abort', onAbort);
  }
}
