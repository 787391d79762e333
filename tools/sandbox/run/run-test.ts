import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { CONFINE, END_PROCESSES, READ_JUNIT, RUN_TEST, TEST_END } from '../stack/host-scripts';
import { mustRun } from '../transport/transport';
import type { TestReport } from '../../../contract/sandbox-report';
import { junitResults, type JunitResults } from './junit-results';
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
  const { transport, manifest, names, directory, stop } = sandbox;
  const files = { stdout: join(sandbox.results, 'test.stdout'), stderr: join(sandbox.results, 'test.stderr') };
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
  const results = await readResults(sandbox);
  return {
    command: manifest.test_command,
    exit_code: Number(code),
    timed_out: limit === 'limit',
    killed,
    ms,
    cases: results?.cases ?? null,
    ...(results && results.failed.length > 0 && { failed_cases: [...results.failed] }),
    files,
    stdout_tail: await lastLines(files.stdout, TAIL_LINES),
    stderr_tail: await lastLines(files.stderr, TAIL_LINES),
  };
}

/** Ends the test command and its children. Returns how many had to be killed. */
const end = async ({ transport, names }: Sandbox): Promise<number> =>
  Number(await mustRun(transport, END_PROCESSES, { args: [names.testMark, ''] }));

/** Null where the manifest names no JUnit file, or the test command has written none there. */
async function readResults({ transport, directory, manifest: { junit } }: Sandbox): Promise<JunitResults | null> {
  if (junit === undefined) return null;
  const { code, stdout } = await transport.run(READ_JUNIT, { args: [directory, junit] });
  return code === 0 ? junitResults(stdout) : null;
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
