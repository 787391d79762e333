import type { Json, JsonObject } from '../../contract/json';
import { parseJsonText } from '../../contract/json-text/parse-json-text';
import { writeJson } from '../../contract/json-text/write-json';
import { readLimited } from './send-request';
import { followRedirects, type FinalResponse } from './follow-redirects';
import type { EgressPolicy } from '../base/http/allow-list';
import { createGuard, type EgressGuard } from './egress-guard';
import { parseHttpParameters } from './http-parameters';
import { EgressError } from './egress-error';

/**
 * Of a decompressed response. Its text and its parsed JSON together fit the output stream limit.
 */
const MAX_RESPONSE_BYTES = 4 * 1_024 * 1_024;
/** Below the worker's stream limit: a truncated document cannot be parsed. */
const MAX_OUTPUT_CHARACTERS = 9 * 1_024 * 1_024;

const MAX_JSON_DEPTH = 256;

/** Output and exit code of the action. */
interface HttpActionOutput {
  readonly exitCode: 0 | 1;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * `core.http_request`: sends one request and prints the response. Any response is a success of the
 * action, whatever its status; no response is a failure whose message begins with the error code.
 */
export async function runHttpRequest(
  input: JsonObject,
  policy: EgressPolicy,
  guard = createGuard(policy),
): Promise<HttpActionOutput> {
  const startedAt = performance.now();
  const elapsed = () => Math.round(performance.now() - startedAt);
  try {
    const output = { ...(await sendWithTimeout(input, guard)), elapsed_ms: elapsed() };
    const stdout = `${writeJson(output)}\n`;
    if (stdout.length > MAX_OUTPUT_CHARACTERS)
      throw new EgressError('RESPONSE_LIMIT', 'the response is too large to store');
    return { exitCode: 0, stdout, stderr: '' };
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    const output = { success: false, error: error.message, elapsed_ms: elapsed() };
    return { exitCode: 1, stdout: `${writeJson(output)}\n`, stderr: `${error.message}\n` };
  }
}

async function sendWithTimeout(input: JsonObject, guard: EgressGuard): Promise<JsonObject> {
  const parameters = parseHttpParameters(input);
  const { timeoutSeconds } = parameters;
  const stop = new AbortController();
  const timeoutError = new EgressError('TIMEOUT', `no complete response within ${timeoutSeconds} s`);
  const timer = setTimeout(() => stop.abort(timeoutError), timeoutSeconds * 1_000);
  const timedOut = new Promise<never>((_, reject) => stop.signal.addEventListener('abort', () => reject(timeoutError)));
  try {
    const pending = followRedirects(parameters, guard, stop.signal);
    return await Promise.race([readResult(pending, parameters.secret, stop.signal), timedOut]);
  } finally {
    clearTimeout(timer);
  }
}

async function readResult(
  pending: Promise<FinalResponse>,
  secret: string | null,
  stop: AbortSignal,
): Promise<JsonObject> {
  const { response, url, redirects } = await pending;
  const chunks: Buffer[] = [];
  for await (const chunk of readLimited(response, MAX_RESPONSE_BYTES, stop)) chunks.push(chunk);
  const mask = (text: string) => (secret === null ? text : text.replaceAll(secret, '***'));
  const body = mask(decodeText(Buffer.concat(chunks), response.headers['content-type'] ?? ''));
  return {
    status_code: response.status,
    headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, mask(value)])),
    body,
    json: parseBody(body),
    url,
    success: response.status >= 200 && response.status < 300,
    ...(redirects.length > 0 && { redirects: redirects.map((redirect) => ({ ...redirect })) }),
  };
}

/** Decoded with the response's charset, else UTF-8; invalid bytes become U+FFFD. */
function decodeText(bytes: Buffer, contentType: string): string {
  const charset = /;\s*charset="?([\w.:-]+)/i.exec(contentType)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch (error) {
    if (error instanceof RangeError) return new TextDecoder().decode(bytes);
    throw error;
  }
}

/** The body as JSON; null where it is invalid, or nested too deeply to store. */
function parseBody(body: string): Json {
  try {
    return bracketDepth(body) > MAX_JSON_DEPTH ? null : (parseJsonText(body) as Json);
  } catch {
    return null;
  }
}

/** The deepest nesting of brackets, including those inside strings. */
function bracketDepth(body: string): number {
  let depth = 0;
  let maxDepth = 0;
  for (const [bracket] of body.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    if (depth > maxDepth) maxDepth = depth;
  }
  return maxDepth;
}
