import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from '../errors';
import { readInstance } from '../target/require-instance';
import { findRunFacts } from '../target/run-facts';

/** Notices that a target was restarted or replaced while a test waits. */
export interface TargetWatch {
  readonly url: string;
  readonly instanceId: string;
}

/** Between two reads of the identity, ms. */
export const WATCH_INTERVAL_MS = 1_000;
/** A platform that is restarted answers again within this time, ms. */
const RESTART_MS = 30_000;
const RETRY_MS = 100;

/**
 * The target of the run, if it can be restarted during the run: an attached one that states its
 * identity.
 */
export function watchOfRun(): TargetWatch | null {
  const facts = findRunFacts();
  if (facts === null || facts.kind === 'started' || facts.instanceId === null) return null;
  return { url: facts.url, instanceId: facts.instanceId };
}

type Response = { readonly is: 'expected' | 'none' } | { readonly is: 'other'; readonly why: string };

async function readResponse({ url, instanceId }: TargetWatch): Promise<Response> {
  try {
    const found = await readInstance(url);
    if (found === instanceId) return { is: 'expected' };
    return { is: 'other', why: `instance ${found ?? '(none stated)'} responds at ${url} instead of ${instanceId}` };
  } catch (error) {
    if (error instanceof ApiError) return { is: 'none' };
    throw error;
  }
}

/** What changed; null: the expected instance responds, or none does. */
export async function targetChange(watch: TargetWatch): Promise<string | null> {
  const response = await readResponse(watch);
  return response.is === 'other' ? response.why : null;
}

/**
 * The same after a request failed. Where the target refused the connection, it may be about to
 * start again: waits until it responds.
 */
export async function targetChangeBehind(error: unknown, watch: TargetWatch): Promise<string | null> {
  const isRefused = error instanceof ApiError && error.status === 0;
  const deadline = performance.now() + (isRefused ? RESTART_MS : 0);
  for (;;) {
    const response = await readResponse(watch);
    if (response.is === 'other') return response.why;
    if (response.is === 'expected' || performance.now() >= deadline) return null;
    await sleep(RETRY_MS);
  }
}
