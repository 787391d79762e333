import { join } from 'node:path';
import type { Execution } from '../contract/executions';
import { isTerminal } from '../contract/status';
import { logIn, type Client } from '../helpers/client/client';
import { instant } from '../helpers/instant';
import { repositoryRoot } from '../helpers/root';
import { startPlatform, type Banner } from '../helpers/started-platform';
import { setTimeout as pause } from 'node:timers/promises';

/** The pack of programs that do nothing, and its files. */
export const PACK = 'bench';
export const PACK_FILES = join(repositoryRoot(), 'bench/pack');

/** Nothing here installs packages; a registry that is asked all the same must refuse. */
const NO_REGISTRY = 'http://127.0.0.1:9/';
/** Pause between two looks of a client that wants to know at once, ms. */
const TIGHT_MS = 3;

/** Rejects with the signal's reason. */
function interruption(stop: AbortSignal): Promise<never> {
  return new Promise((_, refuse) => {
    const abort = () => refuse(new Interrupted());
    if (stop.aborted) abort();
    else stop.addEventListener('abort', abort, { once: true });
  });
}

/** Somebody pressed Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Runs `body` against a platform of its own, which ends with it, however it ends. */
export async function withPlatform<T>(
  stop: AbortSignal,
  body: (client: Client, banner: Banner) => Promise<T>,
): Promise<T> {
  const interrupted = interruption(stop);
  interrupted.catch(() => {}); // raced below, and only there
  const platform = await startPlatform({ npm: NO_REGISTRY, python: NO_REGISTRY });
  try {
    const { url, login, password } = platform.banner;
    const measured = logIn({ baseUrl: url }, login, password).then(({ client }) => body(client, platform.banner));
    measured.catch(() => {}); // after an interruption its requests find nobody
    return await Promise.race([measured, interrupted]);
  } finally {
    await platform.stop();
  }
}

/** With the bench's own pack uploaded. */
export const withPack = <T>(stop: AbortSignal, body: (client: Client) => Promise<T>): Promise<T> =>
  withPlatform(stop, async (client) => {
    await client.packs.upload(PACK_FILES);
    return body(client);
  });

/** Starts an execution and looks, every 3 ms unless told otherwise, until it has ended. Throws when it did not complete. */
export async function completed(client: Client, action: string, pauseMs = TIGHT_MS): Promise<Execution> {
  let execution = await client.executions.execute({ action_ref: action });
  while (!isTerminal(execution.status)) {
    await pause(pauseMs);
    execution = await client.executions.get(execution.id);
  }
  requireCompleted(execution);
  return execution;
}

export function requireCompleted({ id, action_ref, status, result }: Execution): void {
  if (status !== 'completed') throw new Error(`${action_ref} (${id}) ended ${status}: ${JSON.stringify(result)}`);
}

/** Created to finished on the platform's own clock, ms. */
export function recordedMs({ created, finished_at }: Pick<Execution, 'created' | 'finished_at'>): number {
  if (finished_at === null) throw new Error('it has not finished');
  return instant(finished_at) - instant(created);
}
