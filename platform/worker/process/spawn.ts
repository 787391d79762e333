import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cgroup } from './cgroup';
import type { ProgramRun } from './program-run';
import type { Cgroups } from './cgroups';
import { errorCode, errorMessage } from '../../base/error-details';
import { execFailure, uncodedFailure, type StartFailure } from '../../outcomes/start-failure';
import type { ConfinementKind } from '../isolation/confinement-spec';
import { exitOf, type PreforkProcess, type SpawnCommand } from './pool/prefork-process';
import { hasNul } from './pool/prefork-shell';
import type { PreforkPool } from './pool/prefork-pool';
import { lastAllocatedPid, sendSignal, processState } from './process-table';

/**
 * Where a program's processes are placed: a control group of its own, and the run it belongs to.
 */
export interface CgroupPlacement extends ProgramRun, ConfinementKind {
  /** Null where the host allows no control groups. */
  readonly cgroups: Pick<Cgroups, 'create'> | null;
  readonly preforkPool: Pick<PreforkPool, 'canExec' | 'acquire'>;
}

/** A program that runs or is about to run. */
interface SpawnedProcess extends Pick<PreforkProcess, 'initPid' | 'exited' | 'execFailure' | 'release'> {
  readonly pid: number;
  /** Lower bound of the pids of all its processes. */
  readonly lowestPid: number;
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly cgroup: Cgroup | null;
  /** Why it was killed at once: it could not be contained. Null: contained, or not requested. */
  readonly containmentFailure: Promise<string | null>;
}

/**
 * Starts a program as the leader of a process group. Returns the reason when that fails.
 */
export async function spawnProcess(
  command: SpawnCommand,
  placement: CgroupPlacement | null,
): Promise<SpawnedProcess | StartFailure> {
  if (placement === null) return spawnDirectly(command, null);
  const { preforkPool, cgroups } = placement;
  if (hasNul(command)) return spawnDirectly(command, null); // rejected, with the reason
  let cgroup: Cgroup | null = null;
  try {
    if (preforkPool.canExec(command))
      return spawnPreforked(await preforkPool.acquire(placement, command), command, placement);
    cgroup = (await cgroups?.create(placement.tenant)) ?? null;
    cgroup?.assignRun(placement);
  } catch (error) {
    return uncodedFailure(errorMessage(error));
  }
  const spawned = await spawnDirectly(command, cgroup);
  if (!('pid' in spawned)) await cgroup?.remove();
  return spawned;
}

function spawnPreforked(waiting: PreforkProcess, command: SpawnCommand, run: ProgramRun): SpawnedProcess {
  waiting.cgroup?.assignRun(run);
  const lowestPid = lastAllocatedPid() + 1;
  waiting.exec(command);
  return { ...waiting, lowestPid, containmentFailure: Promise.resolve(null) };
}

/** What `spawn` rejects is returned as a reason. The directory may be what does not exist. */
async function spawnDirectly(
  { command, args, env, cwd, input }: SpawnCommand,
  cgroup: Cgroup | null,
): Promise<SpawnedProcess | StartFailure> {
  try {
    const child =
      input === null
        ? spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
        : spawn(command, args, { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    const exited = exitOf(child);
    const { pid, stdin, stdout, stderr } = child;
    if (pid === undefined) {
      const failure: readonly unknown[] = await once(child, 'error');
      const errno = existsSync(cwd) ? errorCode(failure[0]) : undefined;
      return execFailure(command, errno, errorMessage(failure[0]));
    }
    child.on('error', () => undefined); // a signal not delivered; `exit` reports what ended it
    const containmentFailure = cgroup === null ? Promise.resolve(null) : moveIntoCgroup(cgroup, pid);
    return {
      pid,
      lowestPid: pid,
      initPid: null,
      stdin,
      stdout,
      stderr,
      cgroup,
      exited,
      containmentFailure,
      execFailure: () => null,
      release: () => undefined,
    };
  } catch (error) {
    return uncodedFailure(errorMessage(error));
  }
}

const POLL_MS = 1;

/**
 * Moves a program that was started directly into its control group. It may run for a moment before
 * SIGSTOP: processes that it started in that moment are found only by their mark. Returns the
 * reason when the program could not be moved and was killed.
 */
async function moveIntoCgroup(cgroup: Cgroup, pid: number): Promise<string | null> {
  sendSignal(pid, 'SIGSTOP');
  try {
    await cgroup.add(pid);
    while (processState(pid) !== 'T' && !hasExited(pid)) await sleep(POLL_MS);
    return null;
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return null;
    sendSignal(-pid, 'SIGKILL');
    return `its processes could not be contained: ${errorMessage(error)}`;
  } finally {
    sendSignal(pid, 'SIGCONT');
  }
}

const hasExited = (pid: number): boolean => ['Z', 'X', null].includes(processState(pid));
