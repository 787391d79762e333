import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Json } from '../../contract/json';
import { base64Key, type DigestForm, type TokenForm } from '../core/webhook/signature-forms';
import { isInReplayWindow, type SignatureResult } from './signature';
import { readSignature } from './settings';
import { isSameText } from '../base/is-same-text';

interface SignedCall {
  readonly headers: IncomingHttpHeaders;
  /** As received. */
  readonly body: Buffer;
  readonly secret: string;
  /** Epoch ms. */
  readonly nowMs: number;
}

const INVALID = { error: 'SIGNATURE' } as const;

/**
 * Whether the call has a signature of the scheme that the webhook's settings name; null: they name
 * none. Settings that cannot be read, or without a secret, reject every call. `nowMs`: epoch ms.
 */
export function verifyScheme(
  config: Json,
  headers: IncomingHttpHeaders,
  body: Buffer,
  nowMs: number,
): SignatureResult | null {
  const settings = readSignature(config);
  if (settings === null) return null;
  if (settings === 'unreadable' || settings.secret === '') return INVALID;
  const call = { headers, body, secret: settings.secret, nowMs };
  return settings.form.kind === 'token' ? verifyToken(settings.form, call) : verifyDigest(settings.form, call);
}

function verifyToken({ header, prefix }: TokenForm, { headers, secret }: SignedCall): SignatureResult {
  const value = headers[header];
  return typeof value === 'string' && isSameText(value, prefix + secret) ? 'verified' : INVALID;
}

/** What the headers of a call say about its signature. */
interface Claim {
  readonly signatures: readonly string[];
  readonly timestamp: string | null;
  readonly id: string | null;
}

function verifyDigest(form: DigestForm, call: SignedCall): SignatureResult {
  const claim = readClaim(form, call.headers);
  if (claim === null) return INVALID;
  const digest = expectedDigest(form, claim, call);
  if (digest === null) return INVALID;
  const expected = form.prefix + digest.toString(form.encoding);
  // Each is compared: which one matches takes no less time.
  const matches = claim.signatures.filter((signature) => isSameText(signature, expected));
  if (matches.length === 0) return INVALID;
  const { toleranceSeconds } = form;
  if (toleranceSeconds === null) return 'verified';
  if (!isInReplayWindow(claim.timestamp, toleranceSeconds, call.nowMs)) return { error: 'STAMP' };
  return { replayKey: digest.toString('hex') };
}

/** Null where a header is missing, or is not of the form. */
function readClaim(form: DigestForm, headers: IncomingHttpHeaders): Claim | null {
  const value = headers[form.header];
  if (typeof value !== 'string') return null;
  if (form.layout === 'pairs') return readPairs(value);
  const timestamp = namedHeader(headers, form.timestampHeader);
  const id = namedHeader(headers, form.idHeader);
  if (timestamp === undefined || id === undefined) return null;
  return { signatures: form.layout === 'words' ? value.split(' ') : [value], timestamp, id };
}

/** Null: the form has no such header. Undefined: it is missing. */
function namedHeader(headers: IncomingHttpHeaders, name: string | null): string | null | undefined {
  if (name === null) return null;
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** `t=1614265330,v1=…,v1=…`: other pairs are older schemes. */
function readPairs(value: string): Claim | null {
  const pairs = value.split(',').map((pair) => /^(\w+)=(.*)$/.exec(pair));
  if (pairs.includes(null)) return null;
  const valuesOf = (name: string) => pairs.flatMap((pair) => (pair?.[1] === name ? [pair[2]!] : []));
  const [timestamp, second] = valuesOf('t');
  if (timestamp === undefined || second !== undefined) return null;
  return { signatures: valuesOf('v1'), timestamp, id: null };
}

/** Null: the secret is no key of the form. */
function expectedDigest(form: DigestForm, { timestamp, id }: Claim, { secret, body }: SignedCall): Buffer | null {
  const key = form.secret === 'text' ? Buffer.from(secret) : decodedKey(secret);
  if (key === null) return null;
  const [before = '', after = ''] = form.signed
    .split('{body}')
    .map((part) => part.replaceAll(/\{(?:timestamp|id)\}/g, (name) => (name === '{id}' ? id : timestamp) ?? ''));
  return createHmac(form.algorithm, key).update(before).update(body).update(after).digest();
}

function decodedKey(secret: string): Buffer | null {
  const key = base64Key(secret);
  return key === null ? null : Buffer.from(key, 'base64');
}
