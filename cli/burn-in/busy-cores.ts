import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';

/**
 * Keeps one core busy as long as its parent is the process that started it. A process whose parent
 * has ended, however that was, gets another one.
 */
const PROGRAM = 'const parent = Number(process.argv[1]); while (process.ppid === parent);';

/** Processes that use all the time of the cores. */
export interface BusyCores {
  readonly pids: readonly number[];
  /** Ends them, and resolves when they have exited. */
  stop(): Promise<void>;
}

/** Starts one process for each core. They end with this process at the latest. */
export function startBusyCores(count: number = availableParallelism()): BusyCores {
  const started = Array.from({ length: count }, () => {
    const child = spawn(process.execPath, ['-e', PROGRAM, String(process.pid)], { stdio: 'ignore' });
    return { child, exited: once(child, 'exit') };
  });
  return {
    pids: started.flatMap(({ child: { pid } }: { child: ChildProcess }) => (pid === undefined ? [] : [pid])),
    stop: async () => {
      for (const { child } of started) child.kill('SIGKILL');
      await Promise.all(started.map(({ exited }) => exited));
    },
  };
}
