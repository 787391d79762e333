import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { loadavg } from 'node:os';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { endGroupOnAbort } from '../../../helpers/child-groups';
import { Interrupted } from '../../../helpers/errors';
import { newRunMark } from '../../../helpers/run-mark';

/** How a command of bash ended. */
export interface CommandEnd {
  /** Null: a signal ended it. */
  readonly code: number | null;
  readonly seconds: number;
  /** Load of this host when it had ended: an average of a minute. */
  readonly load: number;
}

export interface CommandRequest {
  readonly command: string;
  /** Path of a file for what it prints. */
  readonly output: string;
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  /** Aborts on Ctrl-C. */
  readonly stop: AbortSignal;
  /** It has the lowest priority, and what it prints goes to the file alone. */
  readonly isBeside: boolean;
}

/**
 * Runs a command of bash. All it prints goes to the file and to stderr. Rejects with Interrupted.
 */
export async function runCommand(request: CommandRequest): Promise<CommandEnd> {
  const { command, output, root, env, stop, isBeside } = request;
  const startedAt = performance.now();
  const [program, ...args] = [...(isBeside ? ['nice', '-n', '19'] : []), 'bash', '-c', `exec 2>&1\n${command}`];
  // A process group of its own, so that Ctrl-C in the terminal reaches the command only once.
  const mark = newRunMark();
  const child = spawn(program, args, {
    cwd: root,
    env: { ...env, ...mark },
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const file = createWriteStream(output);
  child.stdout.pipe(file, { end: false });
  if (!isBeside) child.stdout.on('data', (chunk: Buffer) => process.stderr.write(chunk));
  endGroupOnAbort(child, stop, { mark });
  const [code] = (await once(child, 'exit')) as [number | null];
  await closeOutput(child.stdout);
  file.end();
  await finished(file);
  if (stop.aborted) throw new Interrupted();
  return { code, seconds: (performance.now() - startedAt) / 1_000, load: loadavg()[0]! };
}

/** A process that the command has left may hold the pipe: what follows then is not read, ms. */
const OUTPUT_LIMIT_MS = 2_000;

async function closeOutput(output: Readable): Promise<void> {
  if (output.closed) return;
  const limit = setTimeout(() => output.destroy(), OUTPUT_LIMIT_MS);
  await once(output, 'close');
  clearTimeout(limit);
}
