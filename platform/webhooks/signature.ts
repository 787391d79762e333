import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Json } from '../../contract/json';
import { SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from '../../contract/webhook-signatures';
import { enabledSection, webhookSetting } from './settings';

const SIGNATURE_HEADERS = ['x-webhook-signature', 'x-hub-signature-256'] as const;
const TIMESTAMP_HEADER = 'x-webhook-timestamp';
const UNIX_SECONDS = /^\d{1,12}$/;
/** A timestamp may be ahead of the platform's clock by this, seconds. */
const MAX_AHEAD_SECONDS = 60;

type SignatureError = 'SIGNATURE' | 'STAMP';
export type SignatureResult =
  | 'not-required'
  | 'verified'
  /** Verified with a timestamp: the same key is the same call. */
  | { readonly replayKey: string }
  | { readonly error: SignatureError };

/** Null: no signature is required. With an empty secret every call is rejected. */
interface HmacSettings {
  readonly secret: string;
  readonly algorithm: SignatureAlgorithm | null;
  readonly replayWindowSeconds: number | null;
}

function readHmacSettings(config: Json): HmacSettings | null {
  const hmac = enabledSection(config, 'hmac');
  if (hmac === null) return null;
  const { secret, algorithm } = hmac;
  if (typeof secret !== 'string' || typeof algorithm !== 'string') return null;
  const window = webhookSetting(config, 'replay_window_seconds');
  return {
    secret,
    algorithm: SIGNATURE_ALGORITHMS.find((known) => known === algorithm) ?? null,
    replayWindowSeconds: typeof window === 'number' ? window : null,
  };
}

/**
 * Whether the raw body was signed with the webhook's secret. With a replay window the signed text
 * is `<X-Webhook-Timestamp>.<body>`, and the timestamp (Unix seconds) must lie inside it. `nowMs`:
 * epoch ms.
 */
export function verifySignature(
  config: Json,
  headers: IncomingHttpHeaders,
  body: Buffer,
  nowMs: number,
): SignatureResult {
  const settings = readHmacSettings(config);
  if (settings === null) return 'not-required';
  const { secret, algorithm, replayWindowSeconds } = settings;
  const timestamp = replayWindowSeconds === null ? null : headers[TIMESTAMP_HEADER];
  const signedBytes = typeof timestamp === 'string' ? Buffer.concat([Buffer.from(`${timestamp}.`), body]) : body;
  const signature = onlySignature(headers, algorithm);
  if (
    signature === null ||
    algorithm === null ||
    secret === '' ||
    !isValidSignature(secret, algorithm, signedBytes, signature)
  ) {
    return { error: 'SIGNATURE' };
  }
  if (replayWindowSeconds !== null && !isInReplayWindow(timestamp, replayWindowSeconds, nowMs))
    return { error: 'STAMP' };
  return 'verified';
}

/**
 * The one signature of the headers, `<algorithm>=hex` or hex; null where there is none, or they
 * differ.
 */
function onlySignature(headers: IncomingHttpHeaders, algorithm: SignatureAlgorithm | null): string | null {
  const values = SIGNATURE_HEADERS.map((name) => headers[name]).filter((value) => value !== undefined);
  const [value] = values;
  if (typeof value !== 'string' || values.some((other) => other !== value)) return null;
  return value.startsWith(`${algorithm}=`) ? value.slice(`${algorithm}=`.length) : value;
}

function isValidSignature(
  secret: string,
  algorithm: SignatureAlgorithm,
  signedBytes: Buffer,
  signature: string,
): boolean {
  const expected = createHmac(algorithm, secret).update(signedBytes).digest();
  if (signature.length !== 2 * expected.length || !/^[0-9a-f]+$/i.test(signature)) return false;
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
}

/** Whether a timestamp (Unix seconds) is at most so old, and hardly ahead of the clock. */
export function isInReplayWindow(
  timestamp: string | string[] | null | undefined,
  windowSeconds: number,
  nowMs: number,
): boolean {
  if (typeof timestamp !== 'string' || !UNIX_SECONDS.test(timestamp)) return false;
  const ageSeconds = nowMs / 1_000 - Number(timestamp);
  return ageSeconds <= windowSeconds && ageSeconds >= -MAX_AHEAD_SECONDS;
}
