import { createHmac } from 'node:crypto';
import type { Claim } from '../../../contract/tenant-workers';
import { writeJson } from '../../../contract/json-text/write-json';
import type { DeliveryResponse } from '../../core/worker/push-delivery';
import { EgressError } from '../../egress/egress-error';
import { parseEgressUrl, type EgressGuard } from '../../egress/egress-guard';
import { readLimited, sendPinnedRequest, type EgressResponse } from '../../egress/send-request';

/** `sha256=` and the HMAC of the body in hex; its key is the SHA-256 of the agent's token. */
const SIGNATURE_HEADER = 'x-tuningfork-signature';
/** Of the response to a refusal, which explains it. */
const MAX_TEXT_BYTES = 2_000;

export interface PushRequest {
  readonly url: string;
  readonly claim: Claim;
  /** SHA-256 of the secret of the agent. */
  readonly signingKey: string;
  readonly timeoutMs: number;
}

/** The response of an agent; `text`: the beginning of its body, where it did not accept. */
export type PushResponse = DeliveryResponse & { readonly text: string };

/** Sends a claim to an agent. The policy applies to the address; no redirect is followed. */
export async function sendPush(
  { url, claim, signingKey, timeoutMs }: PushRequest,
  guard: EgressGuard,
  stop: AbortSignal,
): Promise<PushResponse> {
  const ending = new AbortController();
  const { signal } = ending;
  const expire = () => ending.abort(new EgressError('TIMEOUT', `no response within ${timeoutMs / 1_000} s`));
  const timer = setTimeout(expire, timeoutMs);
  const forwardStop = () => ending.abort(stop.reason);
  stop.addEventListener('abort', forwardStop, { once: true });
  const aborted = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
  );
  try {
    stop.throwIfAborted();
    const sent = sendSigned(url, writeJson(claim), signingKey, guard, signal);
    return await Promise.race([sent, aborted]);
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    return { status: null, problem: error.message, isBlocked: error.code === 'EGRESS_BLOCKED', text: '' };
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', forwardStop);
  }
}

async function sendSigned(
  url: string,
  body: string,
  signingKey: string,
  guard: EgressGuard,
  signal: AbortSignal,
): Promise<PushResponse> {
  const signature = createHmac('sha256', signingKey).update(body).digest('hex');
  const headers = { 'content-type': 'application/json', [SIGNATURE_HEADER]: `sha256=${signature}` };
  const checked = await guard(parseEgressUrl(url));
  signal.throwIfAborted();
  const response = await sendPinnedRequest(checked, { method: 'POST', headers, body, verifyTls: true }, signal);
  const { status } = response;
  if (status >= 400) return { status, text: await readBeginning(response, signal) };
  response.body.on('error', () => undefined).destroy(); // only the status counts
  return { status, text: '' };
}

/** What was read of the body before it became too long, or broke off. */
async function readBeginning(response: EgressResponse, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of readLimited(response, MAX_TEXT_BYTES, signal)) chunks.push(chunk);
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
  }
  return Buffer.concat(chunks).toString('utf8').trim();
}
