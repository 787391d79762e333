import type { Readable, Writable } from 'node:stream';

/** How a script runs on the host of a stack. */
export interface RunOptions {
  /** `$1`, `$2`, … of the script. */
  readonly args?: readonly string[];
  /** NAME=VALUE of its environment besides that of the host. */
  readonly environment?: readonly string[];
  readonly input?: Readable;
  /** Receive the output as it comes; the result has it only without them. */
  readonly stdout?: Writable;
  readonly stderr?: Writable;
  /**
   * Ends the run, ms: the host of the script may be lost. Null: the caller ends it by `stop`.
   */
  readonly limitMs?: number | null;
  /** Ends the run, which then rejects with the reason of the signal. */
  readonly stop?: AbortSignal;
}

/** Of a script that names no limit, ms: far more than any of them needs. */
export const SCRIPT_LIMIT_MS = 120_000;

/** How a script ended: its exit code, and what it printed. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs scripts of the POSIX shell on one host. */
export interface Transport {
  /** `local`, or what the ssh client connects to. */
  readonly host: string;
  /** Throws SandboxError where the host is not reached. */
  run(script: string, options?: RunOptions): Promise<Outcome>;
}

/** The words of the command that runs a script. */
export const commandOf = (script: string, { args = [], environment = [] }: RunOptions): string[] => [
  ...['env', ...environment, 'sh', '-c', script, 'sh', ...args],
];

/** Runs a script. Throws Error with the last line that it printed unless it exits with 0. */
export async function mustRun(transport: Transport, script: string, options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await transport.run(script, options);
  if (code === 0) return stdout;
  const line = stderr.trim().split('\n').at(-1) ?? '';
  throw new Error(`a script on ${transport.host} ended with exit code ${code}: ${line || 'it printed nothing'}`);
}
