import { inspect } from 'node:util';
import { isNativeError } from 'node:util/types';
import { EXIT_CODES } from '../../../contract/errors';
import { readComposeFile } from '../compose/compose-file';
import { checkLinks } from '../copy/check-links';
import { copyTree, type CopyMethod } from '../copy/copy-tree';
import { workingTreeFiles } from '../copy/tracked-files';
import { readLedger } from '../ledger/ledger';
import type { Manifest } from '../manifest/manifest';
import { SandboxError } from '../sandbox-error';
import { END_PROCESSES, EXCEEDED_SIZE, HOST_VARIABLES, MAKE_DIRECTORY, WATCH_DISK } from '../stack/host-scripts';
import { chooseStack } from '../stack/choose-stack';
import type { Stack } from '../stack/stack';
import { mustRun, type Transport } from '../transport/transport';
import type { PhaseRecorder } from './phase-recorder';
import type {
  CheckReport,
  Phase,
  Remaining,
  RunFailure,
  StackKind,
  TestReport,
} from '../../../contract/sandbox-report';
import { PhaseLimit } from './phase-limit';
import { filesOf } from './repository-files';
import { reservePorts } from './reserve-ports';
import { runTest, type TestOutput } from './run-test';
import { programMark, type Ports, type Sandbox } from './sandbox';
import { remaining, teardown } from './teardown';
import { waitHealthy } from './wait-healthy';

/** What a run is asked besides its manifest. */
export interface RunRequest {
  /** Keeps all of it, whatever the manifest says. */
  readonly keep: boolean;
  /** Ends once the stack is ready. */
  readonly onlyHealth: boolean;
  readonly output: TestOutput | null;
}

/** What happened in a run. */
export interface RunResult {
  readonly ports: Ports;
  readonly sync: CopyMethod | null;
  /** Null: it was not chosen. */
  readonly stack: StackKind | null;
  readonly checks: CheckReport[];
  readonly test: TestReport | null;
  readonly failure: RunFailure | null;
  readonly leaks: Remaining[];
  readonly kept: Remaining[];
  readonly exitCode: number;
}

/** The result of a run that is not started. */
export const NOTHING_RUN: RunResult = {
  ports: {},
  sync: null,
  stack: null,
  checks: [],
  test: null,
  failure: null,
  leaks: [],
  kept: [],
  exitCode: EXIT_CODES.notProven,
};

/** What is known of a run so far. */
interface State {
  ports: Ports;
  sync: CopyMethod | null;
  stack: StackKind | null;
  readonly checks: CheckReport[];
  test: TestReport | null;
}

/**
 * Runs the phases of a sandbox. The last one, which removes what the others created, runs
 * whatever they did, and decides what is kept.
 */
export async function runSandbox(sandbox: Sandbox, request: RunRequest, phases: PhaseRecorder): Promise<RunResult> {
  const state: State = { ports: {}, sync: null, stack: null, checks: [], test: null };
  let error: unknown = null;
  try {
    await runPhases(sandbox, request, phases, state);
    sandbox.stop.throwIfAborted();
  } catch (thrown) {
    error = thrown;
  }
  error = (await diskFailure(sandbox)) ?? error;
  // All that fails after a signal fails by it.
  const failure = error !== null && sandbox.stop.aborted ? INTERRUPTED : failureOf(error);
  const ended = { failure, exitCode: exitOf(error, state, request, failure) };
  const { leaks, kept } = await phases.run('teardown', () => decideTeardown(sandbox, request, failure !== null));
  const leaked = leaks.length > 0 && ended.exitCode === EXIT_CODES.done ? leakFailure(leaks) : null;
  return { ...state, ...ended, ...leaked, leaks, kept };
}

/** The least limit of what the runner does by itself, seconds. */
const LEAST_SECONDS = 60;
/** For the answers of the host beyond the limits of the checks, seconds. */
const MARGIN_SECONDS = 30;

async function runPhases(whole: Sandbox, request: RunRequest, phases: PhaseRecorder, state: State): Promise<void> {
  const limit = new PhaseLimit(whole.stop);
  const sandbox = limit.around(whole);
  const { timeout, health_checks: checks } = whole.manifest;
  const phase = <T>(name: Phase, seconds: number, work: () => Promise<T>): Promise<T> => {
    sandbox.stop.throwIfAborted();
    return phases.run(name, () => limit.run(name, seconds, work));
  };
  const ownSeconds = Math.max(timeout, LEAST_SECONDS);
  const stack = await phase('provision', ownSeconds, () => provision(sandbox, phases, state));
  await phase('copy', ownSeconds, () => copy(sandbox, phases, state));
  state.stack = stack.kind;
  await phase('up', timeout, () => stack.up());
  const healthSeconds = Math.max(timeout, ...checks.map((check) => check.timeout)) + MARGIN_SECONDS;
  await phase('health', healthSeconds, () => waitHealthy(sandbox, stack, state.ports, state.checks));
  if (request.onlyHealth) return;
  await phases.run('test', async () => {
    whole.stop.throwIfAborted();
    state.test = await runTest(whole, state.ports, request.output); // which has a limit, and ends by a signal
    whole.stop.throwIfAborted();
    evaluateTest(state.test, whole.manifest);
  });
}

/** Makes the directory of the run, and reserves the ports of its stack. */
async function provision(sandbox: Sandbox, phases: PhaseRecorder, state: State): Promise<Stack> {
  const { transport, root, directory, ledger, manifest, names } = sandbox;
  const variables = Object.assign(await hostVariables(transport), { COMPOSE_PROJECT_NAME: names.name });
  const compose = readComposeFile(filesOf(root), manifest.compose_file, variables);
  phases.note(compose.notices);
  ledger.created({ kind: 'processes', name: names.mark });
  ledger.created({ kind: 'directory', name: directory });
  await mustRun(transport, MAKE_DIRECTORY, { args: [directory] });
  await watchDisk(sandbox);
  state.ports = await reservePorts(sandbox, compose.ports);
  return chooseStack(sandbox, compose, state.ports);
}

async function copy({ transport, root, directory, stop }: Sandbox, phases: PhaseRecorder, state: State): Promise<void> {
  const { files, notices } = await workingTreeFiles(root, stop);
  phases.note(notices);
  await checkLinks(root, files);
  state.sync = await copyTree(transport, root, files, `${directory}/tree`);
}

/** The variables of the host of the stack, whose services have them too. */
async function hostVariables(transport: Transport): Promise<Record<string, string>> {
  const assignments = (await mustRun(transport, HOST_VARIABLES)).split('\0').filter((each) => each.includes('='));
  return Object.fromEntries(assignments.map((each) => [each.split('=', 1)[0]!, each.slice(each.indexOf('=') + 1)]));
}

const INTERRUPTED: RunFailure = { code: 'INTERRUPTED', message: 'INTERRUPTED: a signal ended the run' };

function failureOf(error: unknown): RunFailure | null {
  if (error === null) return null;
  if (error instanceof SandboxError) return { code: error.code, message: error.message };
  return { code: 'RUN_FAILED', message: `RUN_FAILED: ${isNativeError(error) ? error.message : inspect(error)}` };
}

function exitOf(error: unknown, { test }: State, { onlyHealth }: RunRequest, failure: RunFailure | null): number {
  if (failure !== INTERRUPTED && error instanceof SandboxError) return error.exitCode;
  if (failure !== null) return EXIT_CODES.notProvisioned;
  return test !== null || onlyHealth ? EXIT_CODES.done : EXIT_CODES.notProven;
}

const leakFailure = (leaks: readonly Remaining[]): Pick<RunResult, 'failure' | 'exitCode'> => {
  const listed = leaks.map(({ kind, name, remove }) => `${kind} ${name}, remove it with ${remove}`);
  const error = new SandboxError('TEARDOWN_LEAKED', listed.join('; '));
  return { failure: { code: error.code, message: error.message }, exitCode: error.exitCode };
};

/** What cleanup says, and `keep` over it, about the end of a run. */
function isKept({ cleanup }: Pick<Sandbox['manifest'], 'cleanup'>, keep: boolean, hasFailed: boolean): boolean {
  return keep || cleanup === 'never' || (cleanup === 'on_success' && hasFailed);
}

/** An interrupted run is removed unless it was to be kept. */
async function decideTeardown(
  { manifest, ledger, unmarked }: Sandbox,
  { keep }: RunRequest,
  hasFailed: boolean,
): Promise<Pick<RunResult, 'leaks' | 'kept'>> {
  const state = readLedger(ledger.file)!;
  if (isKept(manifest, keep, hasFailed)) {
    ledger.kept();
    return { leaks: [], kept: state.present.map((resource) => remaining(state.run, resource)) };
  }
  return { leaks: await teardown(unmarked, ledger, state), kept: [] };
}

const KIB_OF_MIB = 1_024;

/**
 * From here on, the services and the test command are ended on their host once the directory of
 * the run is larger than its limit. What watches it has the directory as its own, by which the
 * teardown finds it.
 */
async function watchDisk(sandbox: Sandbox): Promise<void> {
  const { unmarked, directory, manifest } = sandbox;
  const limit = String(manifest.disk_limit * KIB_OF_MIB);
  await mustRun(unmarked, WATCH_DISK, { args: [directory, limit, programMark(sandbox), END_PROCESSES] });
}

/** Why the run was ended, where that was its limit; else null, also where its host is lost. */
async function diskFailure({ unmarked, directory, manifest }: Sandbox): Promise<SandboxError | null> {
  const size = await mustRun(unmarked, EXCEEDED_SIZE, { args: [directory] }).catch(() => '');
  if (size.trim() === '') return null;
  const mebibytes = Math.round(Number(size) / KIB_OF_MIB);
  const limit = `disk_limit is ${manifest.disk_limit}`;
  return new SandboxError(
    'DISK_LIMIT_EXCEEDED',
    `the run held ${mebibytes} MiB, and ${limit}: its processes were ended`,
  );
}

/**
 * Throws SandboxError unless the test command passed: it ended with 0 within its limit and, where
 * the manifest names a JUnit file, that has passed cases and no failed one.
 */
function evaluateTest({ timed_out: timedOut, exit_code: code, cases }: TestReport, manifest: Manifest): void {
  if (timedOut)
    throw new SandboxError('TEST_TIMEOUT', `the test command was ended at its limit of ${manifest.timeout} s`);
  if (code !== 0) throw new SandboxError('TEST_FAILED', `the test command ended with exit code ${code}`);
  if (manifest.junit === undefined) return;
  if (cases === null)
    throw new SandboxError('NOTHING_PROVEN', `the test command has not written ${manifest.junit}, or it is no JUnit`);
  if (cases.failed > 0)
    throw new SandboxError('TEST_FAILED', `${manifest.junit} has ${cases.failed} failed, though the exit code is 0`);
  if (cases.passed === 0)
    throw new SandboxError('NOTHING_PROVEN', `${manifest.junit} has no passed test, and ${cases.skipped} skipped`);
}
