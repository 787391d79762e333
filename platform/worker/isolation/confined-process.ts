import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { errorMessage } from '../../base/error-details';
import { execFailure } from '../../outcomes/start-failure';
import type { Cgroup } from '../process/cgroup';
import type { PreforkProcess, SpawnCommand } from '../process/pool/prefork-process';
import { isAlive, sendSignal } from '../process/process-table';
import type { ConfinementLeader, ConfinementReports } from './confinement-reports';
import { writeJson } from '../../../contract/json-text/write-json';

interface ConfinedProcessOptions {
  /** Pid of the launcher. */
  readonly launcher: number;
  readonly reports: ConfinementReports;
  readonly cgroup: Cgroup | null;
  /** A program as what waits for it reads it. */
  readonly requestOf: (program: SpawnCommand) => string | Buffer;
  /** The launcher may close the pipes. */
  readonly onOpened: () => void;
}

/**
 * Resolves when the process waits in its confinement. Rejects with the reason why it does not, and
 * does not leave it behind.
 */
export async function confinedProcess(options: ConfinedProcessOptions): Promise<PreforkProcess> {
  const { reports, cgroup, requestOf, onOpened } = options;
  let executed = '';
  let kill = () => undefined;
  try {
    const leader = await reports.leader;
    const pipes = openPipes(options.launcher, leader, onOpened);
    const { stdin, stdout, stderr, life } = pipes;
    const { pid } = leader;
    kill = () => {
      if (!reports.hasEnded) sendSignal(-pid, 'SIGKILL');
      for (const stream of Object.values(pipes)) stream.destroy();
    };
    await cgroup?.add(pid);
    life.write('\n');
    const initPid = await reports.init;
    return {
      pid,
      cgroup,
      initPid,
      stdin,
      stdout,
      stderr,
      exited: reports.exited,
      isWaiting: () => !reports.hasEnded && isAlive(pid),
      exec: (program) => {
        executed = program.command;
        life.write(requestOf(program));
      },
      execFailure: () => reports.failure && execFailure(executed, reports.failure.errno, reports.failure.failed),
      release: () => void life.destroy(),
      close: async () => {
        kill();
        await cgroup?.remove();
      },
    };
  } catch (error) {
    kill();
    throw new Error(`its processes could not be contained: ${errorMessage(error)}`, { cause: error });
  }
}

/** A program for the launcher's own process: one line of JSON. */
export function programRequest({ command, args, env, cwd, input, files = new Map() }: SpawnCommand): string {
  const program = {
    arguments: [command, ...args],
    env,
    cwd,
    files: Object.fromEntries(files) as Record<string, string>,
    hasInput: input !== null,
  };
  return `${writeJson(program)}\n`;
}

/** The worker's ends of the pipes of a confinement, which are open in the launcher. */
function openPipes(
  launcher: number,
  { pipes: [stdin, stdout, stderr, life] }: ConfinementLeader,
  onOpened: () => void,
) {
  const { O_RDONLY, O_WRONLY, O_NONBLOCK } = constants;
  const descriptors: number[] = [];
  const open = (descriptor: number, access: number) => {
    descriptors.push(openSync(`/proc/${launcher}/fd/${descriptor}`, access | O_NONBLOCK));
  };
  try {
    for (const written of [stdin, life]) open(written, O_WRONLY);
    for (const read of [stdout, stderr]) open(read, O_RDONLY);
  } catch (error) {
    for (const descriptor of descriptors) closeSync(descriptor);
    throw error;
  } finally {
    onOpened();
  }
  const [ownStdin, ownLife, ownStdout, ownStderr] = descriptors as [number, number, number, number];
  return { stdin: writer(ownStdin), life: writer(ownLife), stdout: reader(ownStdout), stderr: reader(ownStderr) };
}

const reader = (fd: number) => new Socket({ fd, readable: true, writable: false });
/** A program need not read what is written. */
const writer = (fd: number) => new Socket({ fd, readable: false, writable: true }).on('error', () => undefined);
