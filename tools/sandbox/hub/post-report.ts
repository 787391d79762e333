import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { authorizationOf, reasonOf, type Hub } from './hub';

/** What a hub made of a report. Its words are `reason`. */
export type Delivery =
  | { readonly outcome: 'stored' }
  | { readonly outcome: 'unreachable'; readonly reason: string }
  | { readonly outcome: 'rejected'; readonly reason: string };

const MOST_TRIES = 3;
const LIMIT_MS = 5_000;
const PAUSE_MS = 500;
/** Of a hub's answer, in a message. */
const MOST_WORDS = 200;

/** Where the hub of an address receives reports: `/api/v1/runs`, unless the address has a path. */
function reportsUrl({ url: address }: Hub): URL {
  const url = new URL(address);
  if (url.pathname === '/') url.pathname = '/api/v1/runs';
  return url;
}

/**
 * Posts the text of a report. A hub that answers late, not, or with 5xx is asked again; it knows
 * by the key that it is the same report: by default the digest of its text. `stop` ends that: it
 * has not reached the hub then.
 */
export async function postReport(
  hub: Hub,
  body: string,
  { stop, key = digestOf(body) }: { readonly stop?: AbortSignal; readonly key?: string } = {},
): Promise<Delivery> {
  const headers = {
    'content-type': 'application/json',
    'idempotency-key': key,
    ...authorizationOf(hub),
  };
  for (let tries = 1; ; tries++) {
    const delivery = await post(reportsUrl(hub), headers, body, stop);
    if (delivery.outcome !== 'unreachable' || tries === MOST_TRIES || stop?.aborted) return delivery;
    await sleep(PAUSE_MS);
  }
}

export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

async function post(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  stop: AbortSignal | undefined,
): Promise<Delivery> {
  const limit = AbortSignal.timeout(LIMIT_MS);
  try {
    const signal = stop ? AbortSignal.any([limit, stop]) : limit;
    const answer = await fetch(url, { method: 'POST', headers, body, signal });
    const reason = `${answer.status} ${(await answer.text()).trim().slice(0, MOST_WORDS)}`;
    if (answer.ok) return { outcome: 'stored' };
    return { outcome: answer.status >= 400 && answer.status < 500 ? 'rejected' : 'unreachable', reason };
  } catch (error) {
    return { outcome: 'unreachable', reason: stop?.aborted ? 'a signal ended it' : reasonOf(error) };
  }
}
