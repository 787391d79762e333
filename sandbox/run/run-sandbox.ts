import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { isNativeError } from 'node:util/types';
import { EXIT_CODES } from '../../contract/errors';
import { parseComposeFile } from '../compose/compose-file';
import { publishedPorts } from '../compose/published-ports';
import { checkLinks } from '../copy/check-links';
import { copyTree, type CopyMethod } from '../copy/copy-tree';
import { workingTreeFiles } from '../copy/tracked-files';
import { readLedger } from '../ledger/ledger';
import { SandboxError } from '../sandbox-error';
import { MAKE_DIRECTORY } from '../stack/host-scripts';
import { chooseStack } from '../stack/choose-stack';
import { mustRun } from '../transport/transport';
import type { PhaseRecorder } from './phase-recorder';
import type { CheckReport, Remaining, RunFailure, StackKind, TestReport } from '../../contract/sandbox/report';
import { diskFailure, watchDisk } from './disk-limit';
import { evaluateTest } from './evaluate-test';
import { reservePorts } from './reserve-ports';
import { runTest, type TestOutput } from './run-test';
import type { Ports, Sandbox } from './sandbox';
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
  ...{ ports: {}, sync: null, stack: null, checks: [], test: null, failure: null, leaks: [], kept: [] },
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
  } catch (thrown) {
    error = thrown;
  }
  error = (await diskFailure(sandbox)) ?? error;
  const failure = failureOf(error);
  const ended = { failure, exitCode: exitOf(error, state, request, failure) };
  const { leaks, kept } = await phases.run('teardown', () => decideTeardown(sandbox, request, failure !== null));
  const leaked = leaks.length > 0 && ended.exitCode === EXIT_CODES.done ? leakFailure(leaks) : null;
  return { ...state, ...ended, ...leaked, leaks, kept };
}

async function runPhases(sandbox: Sandbox, request: RunRequest, phases: PhaseRecorder, state: State): Promise<void> {
  const { transport, root, directory, ledger, manifest, names, stop } = sandbox;
  const phase = <T>(name: Parameters<PhaseRecorder['run']>[0], work: () => Promise<T>): Promise<T> => {
    stop.throwIfAborted();
    return phases.run(name, work);
  };
  const stack = await phase('provision', async () => {
    const services = parseComposeFile(await readFile(join(root, manifest.compose_file), 'utf8'), manifest.compose_file);
    ledger.created({ kind: 'processes', name: names.mark });
    ledger.created({ kind: 'directory', name: directory });
    await mustRun(transport, MAKE_DIRECTORY, { args: [directory] });
    await watchDisk(sandbox);
    state.ports = await reservePorts(sandbox, publishedPorts(services));
    return chooseStack(sandbox, services, state.ports);
  });
  await phase('copy', async () => {
    const files = await workingTreeFiles(root);
    await checkLinks(root, files);
    state.sync = await copyTree(transport, root, files, `${directory}/tree`);
  });
  state.stack = stack.kind;
  await phase('up', () => stack.up());
  await phase('health', () => waitHealthy(sandbox, stack, state.ports, state.checks));
  if (request.onlyHealth) return;
  await phase('test', async () => {
    state.test = await runTest(sandbox, state.ports, request.output);
    stop.throwIfAborted();
    evaluateTest(state.test, manifest);
  });
}

function failureOf(error: unknown): RunFailure | null {
  if (error === null) return null;
  if (error instanceof SandboxError) return { code: error.code, message: error.message };
  if (isNativeError(error) && error.name === 'AbortError')
    return { code: 'INTERRUPTED', message: 'INTERRUPTED: a signal ended the run' };
  return { code: 'RUN_FAILED', message: `RUN_FAILED: ${isNativeError(error) ? error.message : inspect(error)}` };
}

function exitOf(error: unknown, { test }: State, { onlyHealth }: RunRequest, failure: RunFailure | null): number {
  if (error instanceof SandboxError) return error.exitCode;
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
