import { join } from 'node:path';
import type { Execution } from '../../contract/executions';
import { isTerminal } from '../../contract/status';
import { logIn, type Client } from '../../helpers/client/client';
import { parseInstant } from '../../helpers/instant';
import { repositoryRoot } from '../../helpers/repository-root';
import type { RunningPlatform } from '../../contract/platform-file';
import { startPlatform } from '../../helpers/target/start/started-platform';
import { suiteSettings } from '../../helpers/target/start/suite-settings';
import { unlessInterrupted } from '../../helpers/unless-interrupted';
import { setTimeout as pause } from 'node:timers/promises';

/** A pack of programs that do nothing, and its files. */
export const PACK = 'bench';
export const PACK_FILES = join(repositoryRoot(), 'tools/bench/pack');

/** No benchmark installs packages: a request to a registry must fail. */
const UNREACHABLE_REGISTRY = 'http://127.0.0.1:9/';
export const UNREACHABLE_REGISTRIES = { npm: UNREACHABLE_REGISTRY, python: UNREACHABLE_REGISTRY };
/** Between two requests of a client that polls without delay, ms. */
const POLL_MS = 3;

/** No other setting of the caller's environment reaches a platform that is measured. */
const { PLATFORM_ISOLATION_BACKEND = 'own' } = process.env;

/** Runs `body` against a new platform, with settings of its own, which is stopped after it. */
export async function withBenchPlatform<T>(
  stop: AbortSignal,
  body: (client: Client, running: RunningPlatform) => Promise<T>,
  settings: Readonly<Record<string, string>> = {},
): Promise<T> {
  const own = { ...suiteSettings(UNREACHABLE_REGISTRIES), PLATFORM_ISOLATION_BACKEND, ...settings };
  const platform = await startPlatform(own, undefined, stop);
  try {
    const { url, login, password } = platform.running;
    const measuring = logIn({ baseUrl: url }, login, password).then(({ client }) => body(client, platform.running));
    return await unlessInterrupted(stop, measuring);
  } finally {
    await platform.stop();
  }
}

/** The same, with the pack of the benchmarks uploaded. */
export const withPack: typeof withBenchPlatform = (stop, body, settings) =>
  withBenchPlatform(
    stop,
    async (client, running) => {
      await client.packs.upload(PACK_FILES);
      return body(client, running);
    },
    settings,
  );

/** Starts an execution and polls it until it has ended. Throws when it did not complete. */
export async function runToCompletion(client: Client, action: string, pauseMs = POLL_MS): Promise<Execution> {
  let execution = await client.executions.execute({ action_ref: action });
  while (!isTerminal(execution.status)) {
    await pause(pauseMs);
    execution = await client.executions.get(execution.id);
  }
  requireCompleted(execution);
  return execution;
}

function requireCompleted({ id, action_ref, status, result }: Execution): void {
  if (status !== 'completed') throw new Error(`${action_ref} (${id}) ended ${status}: ${JSON.stringify(result)}`);
}

/** Time from created to finished, by the platform's clock, ms. */
export function recordedMs({ created, finished_at }: Pick<Execution, 'created' | 'finished_at'>): number {
  if (finished_at === null) throw new Error('it has not finished');
  return parseInstant(finished_at) - parseInstant(created);
}
