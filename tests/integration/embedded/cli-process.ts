import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { Readable, Writable } from 'node:stream';
import type { RunningPlatform } from '../../../contract/platform-file';
import { logIn } from '../../../helpers/client/client';

/** Jest's limit for a hook that runs every probe: two minutes on a busy host. */
export const ALL_PROBES_MS = 300_000;

export const LAUNCHER = join(__dirname, '../../../bin/tuningfork.js');

/** What still runs when a test stops a platform has no caller that waits for it. */
const SHORT_STOP = { PLATFORM_SHUTDOWN_GRACE_SECONDS: '1' };

export type CliProcess = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Starts `tuningfork …` with no variable of this environment but PATH, and a short grace.
 * `program`: its launcher, or a bundle, which finds packages by NODE_PATH.
 */
export function spawnCli(args: readonly string[], env: NodeJS.ProcessEnv = {}, program = LAUNCHER): CliProcess {
  const environment = { PATH: process.env.PATH, ...SHORT_STOP, ...env };
  return spawn(process.execPath, [program, ...args], { env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** The JSON line of `up --json`. Throws its stderr when it exits without one. */
export async function waitForReady(cli: CliProcess): Promise<RunningPlatform> {
  const stderr = text(cli.stderr);
  const line = createInterface({ input: cli.stdout });
  const [first] = (await Promise.race([once(line, 'line'), once(line, 'close')])) as [string?];
  if (first === undefined) throw new Error(await stderr);
  return JSON.parse(first) as RunningPlatform;
}

/** Logs in as the first administrator of a platform that has printed their password. */
export const logInAt = ({ url, login, password }: RunningPlatform) => logIn({ baseUrl: url }, login, password!);

/** The platform of `up --json`, and a client and a token of its first administrator. */
export async function readyPlatform(cli: CliProcess) {
  const platform = await waitForReady(cli);
  return { platform, ...(await logInAt(platform)) };
}

interface CliOutcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** How a command exited, and its stderr. */
export async function waitForOutcome(cli: CliProcess): Promise<CliOutcome> {
  cli.stdout.resume();
  const [stderr, [code, signal]] = await Promise.all([text(cli.stderr), waitForExit(cli)]);
  return { code, signal, stderr };
}

/** What a command printed until its exit, and its exit code. */
export async function outputOf(cli: CliProcess) {
  const [stdout, stderr, [code]] = await Promise.all([text(cli.stdout), text(cli.stderr), waitForExit(cli)]);
  return { code, stdout, stderr };
}

export const waitForExit = async (cli: CliProcess) =>
  (await once(cli, 'exit')) as [number | null, NodeJS.Signals | null];

/** Ends a command with SIGTERM, unless it has ended, and waits for its exit. */
export async function stopCli(cli: CliProcess): Promise<void> {
  if (cli.exitCode !== null || cli.signalCode !== null) return;
  const exit = waitForExit(cli);
  cli.kill('SIGTERM');
  await exit;
}
