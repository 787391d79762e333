import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Settings } from './settings';

/** What tokens are signed and stored secrets sealed with, wherever it came from. */
export interface Secrets {
  readonly tokenSecret: string;
  readonly encryptionKey: string;
}

/**
 * What a role process is told: its settings, whom to report to, and its name. The first line of its stdin: an environment
 * would show the database's password to whatever it starts.
 */
export interface RoleSettings extends Settings, Secrets {
  readonly tokenSecret: string;
  readonly encryptionKey: string;
  readonly apiUrl: string;
  readonly name: string;
}

export interface Surroundings {
  /** The program that role processes run: the bundle of the checked-out sources. */
  readonly bundlePath: string;
  readonly root: string;
  readonly log: Logger;
}

/** Pauses before a worker that died is started again, ms; the last repeats. */
const RESTART_MS = [0, 250, 1_000, 5_000];
/** A worker that lived this long is started again without a pause, ms. */
const STEADY_MS = 10_000;
const STOP_MS = 10_000;

export interface Supervisor {
  /** Asks every worker to drain, and waits for their ends. */
  stop(): Promise<void>;
}

/** Keeps `settings.workers` worker processes alive until it is stopped. They end by themselves when this process is gone. */
export function superviseWorkers(settings: Settings & Secrets, apiUrl: string, surroundings: Surroundings): Supervisor {
  const stopping = new AbortController();
  const kept = Array.from({ length: settings.workers }, (_, index) =>
    keepAlive({ ...settings, apiUrl, name: `${settings.instance}-w${index + 1}` }, surroundings, stopping.signal),
  );
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(kept);
    },
  };
}

async function keepAlive(role: RoleSettings, surroundings: Surroundings, stop: AbortSignal): Promise<void> {
  for (let failures = 0; !stop.aborted;) {
    const startedAt = performance.now();
    const end = await lifeOf(startWorker(role, surroundings), stop);
    if (stop.aborted) return;
    failures = performance.now() - startedAt > STEADY_MS ? 0 : failures + 1;
    surroundings.log.error({ worker: role.name, ...end }, 'a worker process ended and is started again');
    await pause(RESTART_MS[Math.min(failures, RESTART_MS.length - 1)], undefined, { signal: stop }).catch(
      () => undefined,
    );
  }
}

function startWorker(role: RoleSettings, { bundlePath, root }: Surroundings): ChildProcess {
  const child = spawn(process.execPath, [bundlePath, 'worker'], {
    stdio: ['pipe', 'ignore', 'inherit'],
    env: { ...process.env, NODE_PATH: join(root, 'node_modules'), PLATFORM_INSTANCE: role.instance },
  });
  child.stdin.on('error', () => undefined); // it died before it read: its exit says so
  child.stdin.write(`${JSON.stringify(role)}\n`);
  return child;
}

/** Waits for the process to end; on stop asks it to, and insists after a while. */
async function lifeOf(child: ChildProcess, stop: AbortSignal): Promise<{ code: number | null; signal: string | null }> {
  const ask = () => child.kill('SIGTERM');
  if (stop.aborted) ask();
  stop.addEventListener('abort', ask, { once: true });
  const insist = new AbortController();
  stop.addEventListener('abort', () => void insistAfter(child, insist.signal), { once: true });
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    return { code, signal };
  } finally {
    insist.abort();
    stop.removeEventListener('abort', ask);
  }
}

async function insistAfter(child: ChildProcess, ended: AbortSignal): Promise<void> {
  await pause(STOP_MS, undefined, { signal: ended }).then(
    () => child.kill('SIGKILL'),
    () => undefined,
  );
}
