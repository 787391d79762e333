import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { packageSearchPath } from '../base/directories';
import { keepLastLines } from './kept-lines';
import { WORKER_STREAM } from '../workers/rpc/serve-worker';

/**
 * Threads of a worker for files. A move into a control group takes one for 10 ms, a new
 * confinement up to four: the files of other attempts must not wait for them.
 */
const FILE_THREADS = 16;

interface WorkerProgram {
  readonly bundlePath: string;
  readonly root: string;
  /** Serves the worker of this name at the other end of the stream. */
  serve(stream: Duplex, name: string): void;
}

/** Starts the process of a worker of this platform. Its log is part of this process's. */
export function spawnWorker(
  { instance, name }: { readonly instance: string; readonly name: string },
  { bundlePath, root, serve }: WorkerProgram,
): ChildProcess {
  const child = spawn(process.execPath, [bundlePath, 'worker-process'], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env: {
      UV_THREADPOOL_SIZE: String(FILE_THREADS),
      ...process.env,
      NODE_PATH: packageSearchPath(root),
      PLATFORM_INSTANCE: instance,
    },
  });
  // Whole lines: those of several workers would be mixed in the middle of one.
  createInterface(child.stderr!).on('line', (line) => process.stderr.write(`${line}\n`));
  serve(child.stdio[WORKER_STREAM] as Duplex, name);
  return child;
}

/** One that a signal ended has no code. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** The last lines of its standard error that are no entries of the log. */
  readonly stderr: readonly string[];
}

/** Lines that are kept of the standard error. */
const LAST_LINES = 10;
/** After its exit, what a process has written arrives within this time, ms. */
const OUTPUT_TIMEOUT_MS = 500;

/**
 * Waits until the process has exited; `stop` sends SIGTERM, and SIGKILL after a timeout. Throws
 * where it did not start.
 */
export async function waitForExit(child: ChildProcess, stop: AbortSignal, timeoutMs: number): Promise<ProcessEnd> {
  const lines = keepLastLines(child.stderr!, LAST_LINES);
  const written = once(child.stderr!, 'close').catch(() => undefined);
  const terminate = () => child.kill('SIGTERM');
  if (stop.aborted) terminate();
  stop.addEventListener('abort', terminate, { once: true });
  const exited = new AbortController();
  stop.addEventListener('abort', () => void killAfterTimeout(child, timeoutMs, exited.signal), { once: true });
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    await Promise.race([
      written,
      pause(OUTPUT_TIMEOUT_MS, undefined, { signal: exited.signal }).catch(() => undefined),
    ]);
    return { code, signal, stderr: [...lines.read()] };
  } finally {
    exited.abort();
    stop.removeEventListener('abort', terminate);
  }
}

async function killAfterTimeout(child: ChildProcess, timeoutMs: number, exited: AbortSignal): Promise<void> {
  await pause(timeoutMs, undefined, { signal: exited }).then(
    () => child.kill('SIGKILL'),
    () => undefined,
  );
}
