import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cgroup, Cgroups, Whose } from './cgroups';
import { codeOf, messageOf } from './faults';
import { mayPass, type Command, type Gate } from './gate';
import type { Gates } from './gates';
import { lastPid, send, stateOf } from './process-table';

/** How the processes of one program get into a control group of their own. */
export interface Enclosure extends Whose {
  readonly cgroups: Pick<Cgroups, 'open'>;
  readonly gates: Gates;
}

/** A program that is running, or about to. */
export interface Begun {
  readonly child: ChildProcess;
  readonly pid: number;
  /** No process of it has a lower one. */
  readonly lowestPid: number;
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly cgroup: Cgroup | null;
  /** Why it was ended at once: it could not be contained. Null: it is, or nobody asked for it. */
  readonly escaped: Promise<string | null>;
  /** Why it never became the program. */
  problem(exitCode: number | null, stderr: string): string | null;
}

/** Starts a program as the leader of a process group. A text says why that cannot be done. */
export async function begin(command: Command, enclosure: Enclosure | null): Promise<Begun | string> {
  if (enclosure === null) return spawned(command, null);
  const { gates, cgroups } = enclosure;
  let cgroup: Cgroup | null = null;
  try {
    if (mayPass(command, gates.variables)) return through(await gates.take(), command, enclosure);
    cgroup = await cgroups.open();
    cgroup.assign(enclosure);
  } catch (error) {
    return messageOf(error);
  }
  const begun = await spawned(command, cgroup);
  if (typeof begun === 'string') await cgroup.remove();
  return begun;
}

function through(gate: Gate, command: Command, whose: Whose): Begun {
  gate.cgroup.assign(whose);
  const lowestPid = lastPid() + 1;
  gate.open(command);
  const { child, pid, stdin, stdout, stderr, cgroup, problem } = gate;
  return { child, pid, lowestPid, stdin, stdout, stderr, cgroup, problem, escaped: Promise.resolve(null) };
}

/** An argument or a variable that no process can be given is an answer, not a crash. */
async function spawned({ command, args, env, cwd, input }: Command, cgroup: Cgroup | null): Promise<Begun | string> {
  try {
    const child =
      input === null
        ? spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
        : spawn(command, args, { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    const { pid, stdin, stdout, stderr } = child;
    if (pid === undefined) {
      const failure: readonly unknown[] = await once(child, 'error');
      return messageOf(failure[0]);
    }
    const escaped = cgroup === null ? Promise.resolve(null) : enclose(cgroup, pid);
    return { child, pid, lowestPid: pid, stdin, stdout, stderr, cgroup, escaped, problem: () => null };
  } catch (error) {
    return messageOf(error);
  }
}

const LOOK_MS = 1;

/**
 * Takes in a program that has just been started without a gate. It may have begun before it is stopped: what it started in
 * that moment is found by its mark alone. Answers why it could not be taken in, of one that was then ended.
 */
async function enclose(cgroup: Cgroup, pid: number): Promise<string | null> {
  send(pid, 'SIGSTOP');
  try {
    await cgroup.take(pid);
    while (stateOf(pid) !== 'T' && !isOver(pid)) await sleep(LOOK_MS);
    return null;
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return null;
    send(-pid, 'SIGKILL');
    return `its processes could not be contained: ${messageOf(error)}`;
  } finally {
    send(pid, 'SIGCONT');
  }
}

const isOver = (pid: number): boolean => ['Z', 'X', null].includes(stateOf(pid));
