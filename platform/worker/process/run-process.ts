import type { Readable, Writable } from 'node:stream';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { livenessNow } from '../../base/clock';
import {
  exitWithoutProcess,
  type ExitCause,
  type ProcessExit,
  type ProcessStopCause,
} from '../../outcomes/program-exit';
import { uncodedFailure, type StartFailure } from '../../outcomes/start-failure';
import { spawnProcess, type CgroupPlacement } from './spawn';
import { capture, type OnOutput } from './capture';
import { MARK_VARIABLE, type ProcessTree } from './process-table';
import type { ExitStatus, SpawnCommand } from './pool/prefork-process';
import type { WatchDisk } from '../disk/disk-watch';
import type { OutputFilter } from '../../redaction/output-filter';
import { killTree, stopLeftovers, terminateTree, type RequestedStop } from './stop';
import { watchForStop } from './stop-request';

/** The program's file and the failed import that ends this text of stderr; null: none. */
export type FindImportFailure = (stderr: string) => string | null;

/** A program to run once, and what may end it. */
export interface ProgramSpec extends SpawnCommand {
  readonly limitMs: number;
  /** Delay between SIGTERM and SIGKILL. */
  readonly killGraceMs: number;
  readonly logLimitBytes: number;
  /** Receives the captured bytes of each stream while the program runs. */
  readonly onOutput?: { readonly stdout: OnOutput; readonly stderr: OnOutput };
  readonly stop: AbortSignal;
  /** `programMark` of its run: finds descendants that left the process group. */
  readonly marker: string;
  /** The program enters its control group before it runs; the group is removed after its exit. */
  readonly cgroupPlacement?: CgroupPlacement | null;
  /** Bounds what it leaves on the disk. */
  readonly watchDisk?: WatchDisk | undefined;
  /** Receives the pid of the group leader. */
  readonly onSpawn?: (pid: number) => void;
  /** Of a program that exited with 1. */
  readonly findImportFailure?: FindImportFailure | undefined;
  /** Each stream passes through its filter before it is captured. */
  readonly filters?: Readonly<Record<'stdout' | 'stderr', OutputFilter>>;
}

/** Streams that a process not found keeps open are read until nothing arrives for so long. */
const QUIET_MS = 200;
/** And no longer than this in all. */
const STREAM_LIMIT_MS = 5_000;

/**
 * Runs a program to its exit and stops every process it left. Never rejects for what the program
 * is or does. A fault of a filter stops the program, and is thrown when its processes are gone.
 */
export async function runProcess(program: ProgramSpec): Promise<ProcessExit> {
  const startedAt = livenessNow();
  const markedProgram = { ...program, env: { ...program.env, [MARK_VARIABLE]: program.marker } };
  const spawned = await spawnProcess(markedProgram, program.cgroupPlacement ?? null);
  if (!('pid' in spawned)) return notStarted(startedAt, spawned);
  const { pid, cgroup } = spawned;
  const closed = Promise.all([hasClosed(spawned.stdout), hasClosed(spawned.stderr)]);
  const { stdout, stderr, faultSignal } = captureOutput(spawned, program);
  writeStdin(spawned.stdin, program.input);
  const tree = {
    processGroup: pid,
    mark: program.marker,
    cgroup,
    spawnedAt: performance.now(),
    lowestPid: spawned.lowestPid,
    initPid: spawned.initPid,
  };
  program.onSpawn?.(pid);
  const stop = AbortSignal.any([program.stop, faultSignal]);
  const diskUse = program.watchDisk?.(() => knownPids(tree));
  const exit = await waitForExit(spawned.exited, tree, { ...program, stop, limitSignal: diskUse?.limitSignal });
  const containmentFailure = await spawned.containmentFailure;
  const leftovers = await stopLeftovers(tree, exit.stop, program.killGraceMs);
  const reachedLimits = [...(cgroup?.reachedLimits() ?? []), ...((await diskUse?.end()) ?? [])];
  spawned.release();
  await readToEnd(closed, [spawned.stdout, spawned.stderr]);
  for (const stream of [spawned.stdin, spawned.stdout, spawned.stderr]) stream?.destroy();
  // Not awaited: a group that cannot be removed now is removed when the worker stops.
  if (leftovers.leakedPids.length === 0) cgroup?.remove().catch(() => undefined);
  if (containmentFailure !== null) return notStarted(startedAt, uncodedFailure(containmentFailure));
  const startFailure = spawned.execFailure(exit.exitCode, stderr().head.toString('latin1'));
  if (startFailure !== null) return notStarted(startedAt, startFailure);
  const output = { stdout: stdout(), stderr: stderr() };
  faultSignal.throwIfAborted();
  return {
    ...output,
    cause: exit.cause === 'exited' && reachedLimits.length > 0 ? 'limit-reached' : exit.cause,
    exitCode: exit.exitCode,
    signal: exit.signal,
    signalSent: exit.signalSent,
    startedAt,
    finishedAt: leftovers.wereFound ? leftovers.goneAt : exit.exitedAt,
    startFailure: null,
    importFailure: exit.exitCode === 1 ? (program.findImportFailure?.(output.stderr.tail) ?? null) : null,
    leakedPids: leftovers.leakedPids,
    reachedLimits,
  };
}

/** `faultSignal` aborts with the first error of a filter as its reason. */
function captureOutput(streams: Readonly<Record<'stdout' | 'stderr', Readable>>, program: ProgramSpec) {
  const { logLimitBytes: limitBytes, onOutput, filters } = program;
  const faults = new AbortController();
  const onFault = (fault: unknown) => faults.abort(fault);
  const [stdout, stderr] = (['stdout', 'stderr'] as const).map((name) =>
    capture(streams[name], { limitBytes, onOutput: onOutput?.[name], filter: filters?.[name], onFault }),
  );
  return { stdout: stdout!, stderr: stderr!, faultSignal: faults.signal };
}

/** Its live processes, as far as they are known at once. */
function knownPids({ processGroup, cgroup, initPid }: ProcessTree): number[] {
  const first = [processGroup, ...(initPid ? [initPid] : [])];
  try {
    return [...new Set([...first, ...(cgroup?.members() ?? [])])];
  } catch {
    return first; // the group is removed: the program has ended
  }
}

/** The exit of a program that did not start. */
export const notStarted = (startedAt: number, startFailure: StartFailure): ProcessExit =>
  exitWithoutProcess({ cause: 'not-started', startedAt, finishedAt: livenessNow(), startFailure });

/** Waits until the streams have closed, or nothing more arrives. */
async function readToEnd(closed: Promise<unknown>, streams: readonly Readable[]): Promise<void> {
  const limit = performance.now() + STREAM_LIMIT_MS;
  let [isOpen, received] = [true, 0];
  void closed.then(() => (isOpen = false));
  for (const stream of streams) stream.on('data', (chunk: Buffer) => (received += chunk.length));
  for (let before = -1; isOpen && before !== received && performance.now() < limit;) {
    before = received;
    await Promise.race([closed, sleep(QUIET_MS, undefined, { ref: false })]);
    await nextTurn(); // after a stop of this process, the timer ends before what waits is read
  }
}

const hasClosed = (stream: Readable): Promise<void> => new Promise((resolve) => stream.once('close', () => resolve()));

/** Write errors are ignored: a short program may exit before it reads its input. */
function writeStdin(stdin: Writable | null, input: string | Buffer | null): void {
  stdin?.on('error', () => undefined).end(input ?? '');
}

interface LeaderExit extends ExitStatus {
  readonly cause: Exclude<ExitCause, 'not-started'>;
  readonly signalSent: 'SIGTERM' | 'SIGKILL' | null;
  readonly exitedAt: number;
  /** Null: none was requested. */
  readonly stop: RequestedStop | null;
}

/** Not for the end of the streams: a descendant may keep them open. */
function waitForExit(
  exited: Promise<ExitStatus>,
  tree: ProcessTree,
  program: ProgramSpec & { readonly limitSignal: AbortSignal | undefined },
): Promise<LeaderExit> {
  return new Promise((resolve) => {
    let stopCause: ProcessStopCause | null = null;
    let signalSent: LeaderExit['signalSent'] = null;
    let killAt: number | null = null;
    let termination: Promise<RequestedStop['termination']> = Promise.resolve(null);
    let killTimer: NodeJS.Timeout | undefined;
    // A process that left the group and is missed here is found after the leader's exit.
    const terminate = () => {
      signalSent = 'SIGTERM';
      termination = terminateTree(tree).catch(() => null);
    };
    const kill = () => {
      signalSent = 'SIGKILL';
      killTree(tree).catch(() => undefined);
    };
    const hasReachedLimit = () => (tree.cgroup?.reachedLimits() ?? []).length > 0;
    const stopWatching = watchForStop({ ...program, hasReachedLimit }, (cause) => {
      stopCause = cause;
      killAt = performance.now() + program.killGraceMs;
      killTimer = setTimeout(kill, program.killGraceMs + 1);
      terminate();
      if (!program.limitSignal?.aborted) return;
      killAt = performance.now(); // it would go on writing until then
      kill();
    });
    const onExit = async (status: ExitStatus) => {
      const exitedAt = livenessNow();
      stopWatching();
      clearTimeout(killTimer);
      const stop = killAt === null ? null : { killAt, termination: await termination };
      resolve({ ...status, cause: stopCause ?? 'exited', signalSent, stop, exitedAt });
    };
    void exited.then(onExit);
  });
}
