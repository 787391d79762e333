import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Toleration } from '../../../../contract/placement';
import { parseJsonText } from '../../../../contract/json-text/parse-json-text';
import type { Client } from '../../../../helpers/client/client';
import { startCommand, type RunningCommand } from '../commands/command-line';
import { predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';

/** Where an execution runs. */
export interface Placement {
  readonly worker_selector: Record<string, string>;
  readonly worker_tolerations: Toleration[];
}

/** A worker with a token that has not connected. Executions of other tests never run on it. */
export interface NamedWorker {
  readonly id: number;
  readonly name: string;
  readonly token: string;
  /** With it an execution runs there: by the label `only`, through the taint of its name. */
  readonly placement: Placement;
}

/** A process of `tuningfork worker` that gets work. */
export interface StandaloneWorker extends NamedWorker {
  readonly command: RunningCommand;
  readonly pid: number;
}

/** The platform that it works for. */
interface WorkerPlatform {
  readonly client: Client;
  /** Of the API. */
  readonly url: string;
}

export interface StandaloneWorkerOptions {
  /** That of the run by default. */
  readonly platform?: WorkerPlatform;
  /** The API as the worker reaches it; that of the platform by default. */
  readonly api?: string;
  /** A worker that has been named; a new one by default. */
  readonly worker?: NamedWorker;
  readonly args?: readonly string[];
  /** Added to its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Issues the token of a new worker, which the test's end revokes. */
export async function nameStandaloneWorker(
  { name: unique, defer }: Pick<Context, 'name' | 'defer'>,
  { standaloneWorkers }: Client,
): Promise<NamedWorker> {
  const name = unique('worker');
  const { worker_id: id, token } = await standaloneWorkers.issueToken({ name });
  defer(() => standaloneWorkers.revokeTokens(id));
  const placement = {
    worker_selector: { only: name },
    worker_tolerations: [{ key: name, operator: 'exists' as const }],
  };
  return { id, name, token, placement };
}

/**
 * Starts `tuningfork worker` and waits until it gets work. Its programs may write to ledgers. The
 * test's end stops it.
 */
export async function startStandaloneWorker(
  ctx: Context,
  options: StandaloneWorkerOptions = {},
): Promise<StandaloneWorker> {
  const { client, url } = options.platform ?? { client: ctx.client, url: ctx.facts.url };
  const worker = options.worker ?? (await nameStandaloneWorker(ctx, client));
  const { name, token } = worker;
  const identity = ['--api', options.api ?? url, '--name', name, '--json'];
  const place = ['--label', `only=${name}`, '--taint', `${name}:no_schedule`];
  const command = startCommand(ctx, ['worker', ...identity, ...place, ...(options.args ?? [])], {
    env: { PLATFORM_WORKER_TOKEN: token, PLATFORM_ACTION_PATHS: ctx.facts.directory, ...options.env },
  });
  ctx.defer(() => stopCommand(command));
  let failure = '';
  void command.ended.then(({ code, stderr }) => (failure = `the worker ended with ${code}: ${stderr}`));
  const hasStarted = () => {
    if (failure !== '') throw new Error(failure);
    return command.lines.length > 0;
  };
  await until(predicateToHold(`worker ${name} to get work`, hasStarted), ctx.deadline);
  const { pid } = parseJsonText(command.lines[0]!.text) as { pid: number };
  return { ...worker, command, pid };
}

async function stopCommand({ kill, ended }: RunningCommand): Promise<void> {
  kill('SIGTERM');
  await ended;
}

/** A directory for the files of a worker, which the test's end removes. */
export function createWorkerDirectory({ defer }: Pick<Context, 'defer'>): string {
  const directory = mkdtempSync(join(tmpdir(), 'standalone-worker-'));
  defer(() => rmSync(directory, { recursive: true, force: true }));
  chmodSync(directory, 0o711); // its programs may run as other users
  return directory;
}
