import type { Json, JsonObject } from '../../contract/json';
import { limited } from './exchange';
import { follow, type Arrival } from './follow';
import { guardOf, type EgressPolicy, type Guard } from './guard';
import { httpParameters } from './http-parameters';
import { EgressRefused } from './refused';

/** Bytes of an answer, decompressed. Text and its value as JSON together still fit the limit of an output stream. */
export const MOST_RESPONSE_BYTES = 4 * 1_024 * 1_024;
/** Below the worker's limit of a stream: a document that is cut short is none. */
const MOST_OUTPUT_CHARACTERS = 9 * 1_024 * 1_024;

const MOST_DEPTH = 256;

/** What the action prints. `code` is its exit code. */
export interface HttpOutcome {
  readonly code: 0 | 1;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * `core.http_request`: asks once and tells what came back. Any answer is a success of the action, whatever its status; none
 * is a failure whose first word says why.
 */
export async function httpRequest(
  given: JsonObject,
  policy: EgressPolicy,
  guard = guardOf(policy),
): Promise<HttpOutcome> {
  const began = performance.now();
  const elapsed = () => Math.round(performance.now() - began);
  try {
    const told = { ...(await asked(given, guard)), elapsed_ms: elapsed() };
    const stdout = `${JSON.stringify(told)}\n`;
    if (stdout.length > MOST_OUTPUT_CHARACTERS)
      throw new EgressRefused('RESPONSE_LIMIT', 'the answer is too large to keep');
    return { code: 0, stdout, stderr: '' };
  } catch (error) {
    if (!(error instanceof EgressRefused)) throw error;
    const told = { success: false, error: error.message, elapsed_ms: elapsed() };
    return { code: 1, stdout: `${JSON.stringify(told)}\n`, stderr: `${error.message}\n` };
  }
}

async function asked(given: JsonObject, guard: Guard): Promise<JsonObject> {
  const parameters = httpParameters(given);
  const { timeoutSeconds } = parameters;
  const stop = new AbortController();
  const late = new EgressRefused('TIMEOUT', `no whole answer within ${timeoutSeconds} s`);
  const timer = setTimeout(() => stop.abort(late), timeoutSeconds * 1_000);
  const outOfTime = new Promise<never>((_, reject) => stop.signal.addEventListener('abort', () => reject(late)));
  try {
    const journey = follow(parameters, guard, stop.signal);
    return await Promise.race([outcome(journey, parameters.secret, stop.signal), outOfTime]);
  } finally {
    clearTimeout(timer);
  }
}

async function outcome(journey: Promise<Arrival>, secret: string | null, stop: AbortSignal): Promise<JsonObject> {
  const { answer, url, hops } = await journey;
  const chunks: Buffer[] = [];
  for await (const chunk of limited(answer, MOST_RESPONSE_BYTES, stop)) chunks.push(chunk);
  const mask = (text: string) => (secret === null ? text : text.replaceAll(secret, '***'));
  const body = mask(textOf(Buffer.concat(chunks), answer.headers['content-type'] ?? ''));
  return {
    status_code: answer.status,
    headers: Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, mask(value)])),
    body,
    json: jsonOf(body),
    url,
    success: answer.status >= 200 && answer.status < 300,
    ...(hops.length > 0 && { redirects: hops.map((hop) => ({ ...hop })) }),
  };
}

/** In the character set that the answer names, else UTF-8; what is no character becomes U+FFFD. */
function textOf(bytes: Buffer, contentType: string): string {
  const named = /;\s*charset="?([\w.:-]+)/i.exec(contentType)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(named).decode(bytes);
  } catch (error) {
    if (error instanceof RangeError) return new TextDecoder().decode(bytes);
    throw error;
  }
}

/** The body as JSON; null where it is none, or deeper than anybody can store. */
function jsonOf(body: string): Json {
  try {
    return deepest(body) > MOST_DEPTH ? null : (JSON.parse(body) as Json);
  } catch {
    return null;
  }
}

/** How far opening brackets are ever ahead of closing ones, be they text or not. */
function deepest(body: string): number {
  let depth = 0;
  let most = 0;
  for (const [bracket] of body.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    if (depth > most) most = depth;
  }
  return most;
}
