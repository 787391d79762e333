import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { logIn, type Client } from '../../../helpers/client/client';
import { executionToBe, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import type { RunningPlatform } from '../../../contract/platform-file';
import { DEFAULT_USER } from '../../../platform/store/identities/first-administrator';
import { spawnCli, stopCli, waitForReady, type CliProcess } from '../embedded/cli-process';
import { livenessDeadline } from '../liveness';
import type { WorkerProcess } from './own-network';
import { createShellAction } from '../shell-action';

const LAUNCHER = join(__dirname, '../../../bin/tuningfork.js');
const FAST = { PLATFORM_HEARTBEAT_SECONDS: '1', PLATFORM_LEASE_SECONDS: '3', PLATFORM_EGRESS_ALLOW: '' };

interface StandalonePlatform {
  readonly running: RunningPlatform;
  readonly cli: CliProcess;
  readonly client: Client;
  readonly password: string;
  stop(): Promise<void>;
}

/** A platform without workers of its own. */
export async function startPlatformAlone(
  env: NodeJS.ProcessEnv = {},
  args: readonly string[] = ['--port', '0'],
  knownPassword: string = DEFAULT_USER.password,
): Promise<StandalonePlatform> {
  const cli = spawnCli(['up', '--workers', '0', '--json', ...args], { ...FAST, ...env });
  const running = await waitForReady(cli);
  const password = running.password ?? knownPassword;
  const { client } = await logIn({ baseUrl: running.url }, running.login, password);
  return { running, cli, client, password, stop: () => stopCli(cli) };
}

interface WorkerOptions {
  /** Of the API, as the worker reaches it. */
  readonly api: string;
  readonly name: string;
  readonly token: string;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Where it is started; on this host otherwise. */
  readonly start?: (command: string, args: readonly string[], env: NodeJS.ProcessEnv) => WorkerProcess;
}

interface StartedWorker {
  readonly process: WorkerProcess;
  /** Its id. */
  readonly worker: number;
  readonly pid: number;
  /** What it has written to stderr when it has exited. */
  readonly stderr: Promise<string>;
}

const onThisHost: NonNullable<WorkerOptions['start']> = (command, args, env) =>
  spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });

/** Starts `tuningfork worker`. */
function spawnWorkerCommand({ api, name, token, args = [], env, start = onThisHost }: WorkerOptions) {
  const environment = {
    PATH: process.env.PATH,
    PLATFORM_WORKER_TOKEN: token,
    PLATFORM_SHUTDOWN_GRACE_SECONDS: '1',
    ...env,
  };
  const command = [LAUNCHER, 'worker', '--api', api, '--name', name, '--json', ...args];
  return start(process.execPath, command, environment);
}

/** The same; resolves when it gets work. Throws its stderr when it exits before. */
export async function startWorker(options: WorkerOptions): Promise<StartedWorker> {
  const process = spawnWorkerCommand(options);
  const stderr = text(process.stderr);
  const lines = createInterface({ input: process.stdout });
  const [line] = (await Promise.race([once(lines, 'line'), once(lines, 'close')])) as [string?];
  if (line === undefined) throw new Error(await stderr);
  const { worker, pid } = JSON.parse(line) as { worker: number; pid: number };
  return { process, worker, pid, stderr };
}

export async function stopWorker({ process }: StartedWorker): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  process.kill('SIGTERM');
  await once(process, 'exit');
}

/** An action that writes its start and end, with the attempt, to a file of the test. */
export function createLedger(directory: string) {
  const path = join(directory, 'ledger');
  writeFileSync(path, '');
  chmodSync(path, 0o666); // a confined action runs as another user
  const lines = (): string[] => readFileSync(path, 'utf8').trim().split('\n').filter(Boolean);
  const entrypoint = (wait: string) =>
    `echo "start $ATTUNE_EXEC_ID $PLATFORM_ATTEMPT" >>${path}; ${wait}; echo "end $ATTUNE_EXEC_ID" >>${path}; echo "output of $ATTUNE_EXEC_ID"`;
  return {
    lines,
    append: (line: string) => appendFileSync(path, `${line}\n`),
    entrypoint: (seconds: number) => entrypoint(`sleep ${seconds}`),
    /** Runs until the file exists. */
    entrypointUntil: (file: string) => entrypoint(`until [ -e ${file} ]; do sleep 0.1; done`),
    toHave: (count: number, prefix: string) =>
      predicateToHold(
        `${count} lines ${prefix}`,
        () => lines().filter((line) => line.startsWith(prefix)).length >= count,
        () => lines().join('\n'),
      ),
  };
}

/** A shell action of a new pack without files. */
export async function createAction(client: Client, entrypoint: string): Promise<string> {
  return createShellAction(client, `remote_${randomBytes(4).toString('hex')}.step`, entrypoint);
}

export const toComplete = (client: Client, id: number) =>
  until(executionToBe('completed', client, id), livenessDeadline());
