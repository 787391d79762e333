import { sendCall } from '../../client/send-call';
import { isHtml, shownText } from '../../client/shown-text';
import { ApiError, messageOf } from '../../errors';
import { addressToUse } from '../platform-url';
import { TargetError } from '../target-error';

/** What an error of a connection means to who wrote the address. */
const MEANINGS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused: nothing listens on this port',
  ENOTFOUND: 'the name of the host is not known',
  EAI_AGAIN: 'the name of the host is not known',
  ECONNABORTED: 'it accepted no connection, or gave no response',
  ECONNRESET: 'it closed the connection without a response',
  EPROTO: 'it has no TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it has no TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it has no TLS',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed: name it in NODE_EXTRA_CA_CERTS',
};

/** A slow platform has responded by then. */
const REQUEST_TIMEOUT_MS = 5_000;
const PAUSE_MS = 250;

/**
 * Waits until the platform responds to `GET /health`. Throws TargetError with what it answered
 * last, or why it did not, and with the address to use, where that is seen.
 */
export async function reachPlatform(url: string, timeoutMs: number): Promise<void> {
  if ((await healthProblem(url, timeoutMs)) === null) return;
  await waitForResponse(`${url}/health`, timeoutMs);
  const problem = await healthProblem(url, timeoutMs);
  if (problem === null) return;
  throw new TargetError(
    `TARGET_UNREACHABLE: no platform responded at ${url}/health within ${timeoutMs / 1_000} s (${problem})${await addressToUse(url)}`,
  );
}

/** Returns when there is a response of success, or after `timeout` without one. */
async function waitForResponse(url: string, timeout: number): Promise<void> {
  const { default: waitOn } = await import('wait-on'); // takes longer to load than a platform to answer
  const resources = [url.replace(/^(https?):/, '$1-get:')];
  const request = { httpTimeout: REQUEST_TIMEOUT_MS, simultaneous: 1, proxy: false } as const;
  await waitOn({ resources, timeout, interval: PAUSE_MS, ...request }).catch(() => undefined); // asked again for its reason
}

/** Null: it responds. */
async function healthProblem(baseUrl: string, limitMs: number): Promise<string | null> {
  const timeoutMs = Math.min(REQUEST_TIMEOUT_MS, limitMs);
  try {
    const { data } = await sendCall({ baseUrl, timeoutMs }, { method: 'GET', path: '/health', root: true });
    return typeof data === 'string' && isHtml(data) ? `it returned ${shownText(data)}: it is another server` : null;
  } catch (error) {
    if (!(error instanceof ApiError)) return messageOf(error);
    const { status, code, reason } = error;
    if (status === 0) return MEANINGS[code] ?? reason;
    const hint =
      status >= 300 && status < 400 ? 'write the address to which it redirects' : 'is it another server, or a proxy?';
    return `it returned ${status}: ${reason}; ${hint}`;
  }
}
