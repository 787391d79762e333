import { createHmac, timingSafeEqual } from 'node:crypto';
import { isObject, type Json } from '../../contract/json';

/** Header values of one request, as Node gives them. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

const ALGORITHMS = ['sha256', 'sha512', 'sha1'] as const;
type Algorithm = (typeof ALGORITHMS)[number];

const HEADERS = ['x-webhook-signature', 'x-hub-signature-256'] as const;
export const TIMESTAMP_HEADER = 'x-webhook-timestamp';
const WHOLE_SECONDS = /^\d{1,12}$/;
/** A stamp may be ahead of our clock by this, seconds. */
const AHEAD_SECONDS = 60;

export type SignatureFault = 'SIGNATURE' | 'STAMP';
export type SignatureVerdict = 'unasked' | 'verified' | { readonly refused: SignatureFault };

/** What the settings ask of a signature. Null: nothing. `secret` empty signs nothing, so that nothing passes. */
interface Demand {
  readonly secret: string;
  readonly algorithm: Algorithm | null;
  readonly replayWindowSeconds: number | null;
}

function demandOf(config: Json): Demand | null {
  const hmac = isObject(config) ? config.hmac : undefined;
  if (!isObject(hmac) || hmac.enabled !== true) return null;
  const { secret, algorithm } = hmac;
  if (typeof secret !== 'string' || typeof algorithm !== 'string') return null;
  const window = isObject(config) ? config.replay_window_seconds : undefined;
  return {
    secret,
    algorithm: ALGORITHMS.find((known) => known === algorithm) ?? null,
    replayWindowSeconds: typeof window === 'number' ? window : null,
  };
}

/**
 * Whether the raw body was signed with the webhook's secret. With a replay window the signed text is
 * `<X-Webhook-Timestamp>.<body>`, and the stamp (Unix seconds) must lie inside it. `nowMs`: epoch ms.
 */
export function verifySignature(config: Json, headers: Headers, body: Buffer, nowMs: number): SignatureVerdict {
  const demand = demandOf(config);
  if (demand === null) return 'unasked';
  const { secret, algorithm, replayWindowSeconds } = demand;
  const stamp = replayWindowSeconds === null ? null : headers[TIMESTAMP_HEADER];
  const signed = typeof stamp === 'string' ? Buffer.concat([Buffer.from(`${stamp}.`), body]) : body;
  const given = signatureIn(headers, algorithm);
  if (given === null || algorithm === null || secret === '' || !isSignedBy(secret, algorithm, signed, given)) {
    return { refused: 'SIGNATURE' };
  }
  if (replayWindowSeconds !== null && !isFresh(stamp, replayWindowSeconds, nowMs)) return { refused: 'STAMP' };
  return 'verified';
}

/** The one signature of the headers, `<algorithm>=hex` or hex; null where there is none, or they differ. */
function signatureIn(headers: Headers, algorithm: Algorithm | null): string | null {
  const values = HEADERS.map((name) => headers[name]).filter((value) => value !== undefined);
  const [value] = values;
  if (typeof value !== 'string' || values.some((other) => other !== value)) return null;
  return value.startsWith(`${algorithm}=`) ? value.slice(`${algorithm}=`.length) : value;
}

function isSignedBy(secret: string, algorithm: Algorithm, signed: Buffer, given: string): boolean {
  const expected = createHmac(algorithm, secret).update(signed).digest();
  if (given.length !== 2 * expected.length || !/^[0-9a-f]+$/i.test(given)) return false;
  return timingSafeEqual(expected, Buffer.from(given, 'hex'));
}

function isFresh(stamp: string | string[] | null | undefined, windowSeconds: number, nowMs: number): boolean {
  if (typeof stamp !== 'string' || !WHOLE_SECONDS.test(stamp)) return false;
  const age = nowMs / 1_000 - Number(stamp);
  return age <= windowSeconds && age >= -AHEAD_SECONDS;
}
