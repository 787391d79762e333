import { execFileSync, spawn, type ChildProcessByStdio } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

/** A host of its own for a process: it shares neither the network nor a directory. */
interface OwnNetwork {
  /** Of the tests' side, as the process reaches it. */
  readonly address: string;
  /** Starts a program there. */
  spawn(command: string, args: readonly string[], env: NodeJS.ProcessEnv): WorkerProcess;
  close(): void;
}

export type WorkerProcess = ChildProcessByStdio<Writable, Readable, Readable>;

/** Root alone may make one; any other user tests on the host's own network. */
export const hasOwnNetwork = process.getuid?.() === 0;

/** Keeps the namespaces until its standard input ends. The hidden directory is empty in them. */
const HOLD = 'mount -t tmpfs none "$1" && echo ready && read -r _';

/** `hidden`: a directory that is empty for the processes. */
export async function openOwnNetwork(hidden: string): Promise<OwnNetwork> {
  const holder = spawn('unshare', ['--net', '--mount', '--', 'sh', '-c', HOLD, 'sh', hidden], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  const subnet = `10.203.${randomInt(1, 255)}`;
  const link = `tf${holder.pid}`;
  const enter = ['--target', String(holder.pid), '--net', '--mount', '--'];
  const inside = (...args: string[]) => execFileSync('nsenter', [...enter, 'ip', ...args]);
  const ip = (...args: string[]) => execFileSync('ip', args);
  ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'worker0', 'netns', String(holder.pid));
  ip('addr', 'add', `${subnet}.1/30`, 'dev', link);
  ip('link', 'set', link, 'up');
  inside('addr', 'add', `${subnet}.2/30`, 'dev', 'worker0');
  inside('link', 'set', 'worker0', 'up');
  inside('link', 'set', 'lo', 'up');
  return {
    address: `${subnet}.1`,
    spawn: (command, args, env) =>
      spawn('nsenter', [...enter, command, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] }),
    close: () => holder.kill('SIGKILL'), // the kernel removes the link with the namespace
  };
}
