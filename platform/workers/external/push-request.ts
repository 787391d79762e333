import { createHmac } from 'node:crypto';
import type { Claim } from '../../../contract/tenant-workers';
import { writeJson } from '../../../contract/json-text/write-json';
import type { DeliveryResponse } from '../../core/worker/push-delivery';
import { EgressError } from '../../egress/egress-error';
import { parseEgressUrl, type EgressGuard } from '../../egress/egress-guard';
import { readLimited, sendPinnedRequest, type EgressResponse } from '../../egress/send-request';

/** `sha256=` and the HMAC of the body in hex; its key is the SHA-256 of the agent's token. */
const SIGNATURE_HEADER = 'x-tuningfork-signature';
/** Read of the body of a refusal. */
const MAX_READ_BYTES = 64 * 1_024;

export interface PushRequest {
  readonly url: string;
  readonly claim: Claim;
  /** SHA-256 of the secret of the agent. */
  readonly signingKey: string;
  readonly timeoutMs: number;
}

/** The response of an agent. */
export type PushResponse = DeliveryResponse & { readonly body: BodyStart };

/** What was read of a body; empty where the agent accepted. */
export interface BodyStart {
  readonly bytes: Buffer;
  /** False: the body goes on, or broke off. */
  readonly isWhole: boolean;
}

const NO_BODY: BodyStart = { bytes: Buffer.alloc(0), isWhole: true };

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
    const isBlocked = error.code === 'EGRESS_BLOCKED';
    return { status: null, problem: isBlocked ? error.reason : error.message, isBlocked, body: NO_BODY };
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
  if (status >= 400) return { status, body: await readStart(response, signal) };
  response.body.on('error', () => undefined).destroy(); // only the status counts
  return { status, body: NO_BODY };
}

async function readStart(response: EgressResponse, signal: AbortSignal): Promise<BodyStart> {
  const chunks: Buffer[] = [];
  let isWhole = true;
  try {
    for await (const chunk of readLimited(response, MAX_READ_BYTES, signal)) chunks.push(chunk);
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    isWhole = false;
  }
  return { bytes: Buffer.concat(chunks), isWhole };
}
