import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { Readable, Writable } from 'node:stream';
import type { Running } from '../../../cli/banner';

const LAUNCHER = join(__dirname, '../../../bin/tuningfork.js');

export type Command = ChildProcessByStdio<Writable, Readable, Readable>;

/** `tuningfork …` with nothing of our environment but PATH. */
export function command(args: readonly string[], env: NodeJS.ProcessEnv = {}): Command {
  const own = { PATH: process.env.PATH, ...env };
  return spawn(process.execPath, [LAUNCHER, ...args], { env: own, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** The JSON line of `up --json`. Throws what it said instead. */
export async function readiness(up: Command): Promise<Running> {
  const said = text(up.stderr);
  const line = createInterface({ input: up.stdout });
  const [first] = (await Promise.race([once(line, 'line'), once(line, 'close')])) as [string?];
  if (first === undefined) throw new Error(await said);
  return JSON.parse(first) as Running;
}

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** How a command ended, and all it said on stderr. */
export async function outcome(started: Command): Promise<Outcome> {
  started.stdout.resume();
  const [stderr, [code, signal]] = await Promise.all([text(started.stderr), ended(started)]);
  return { code, signal, stderr };
}

export const ended = async (started: Command) =>
  (await once(started, 'exit')) as [number | null, NodeJS.Signals | null];
