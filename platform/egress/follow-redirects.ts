import { sendPinnedRequest, type EgressResponse, type OutgoingRequest } from './send-request';
import { parseEgressUrl, type EgressGuard } from './egress-guard';
import { EgressError } from './egress-error';

export interface RedirectRequest {
  readonly url: URL;
  readonly request: OutgoingRequest;
  /** Null: a redirect is not followed but returned. */
  readonly maxRedirects: number | null;
}

export interface FinalResponse {
  readonly response: EgressResponse;
  /** URL of the final response, without credentials. */
  readonly url: string;
  /** Each redirect, in order. */
  readonly redirects: readonly { readonly status: number; readonly url: string }[];
}

const REDIRECT_STATUSES = new Set([301, 302, 303, 307, 308]);
/** Headers that may carry credentials: not sent to another origin. */
const CREDENTIAL_HEADERS = /auth|cookie|token|secret|key|session|credential|signature|^host$/i;

/**
 * Sends a request and follows redirects; each target is checked like the first. Once the origin
 * changes, credential headers are dropped for all further requests. Throws EgressError, with
 * REDIRECT_LIMIT among its codes.
 */
export async function followRedirects(
  redirectRequest: RedirectRequest,
  guard: EgressGuard,
  stop: AbortSignal,
): Promise<FinalResponse> {
  const redirects: { status: number; url: string }[] = [];
  let { url, request } = redirectRequest;
  for (;;) {
    const response = await sendPinnedRequest(
      await checkUrl(guard, url, redirects.length),
      withBasicAuth(url, request),
      stop,
    );
    const location = REDIRECT_STATUSES.has(response.status) ? response.headers.location : undefined;
    if (redirectRequest.maxRedirects === null || location === undefined)
      return { response, url: withoutCredentials(url), redirects };
    response.body.on('error', () => undefined).destroy(); // the body of a redirect is not read
    if (redirects.length >= redirectRequest.maxRedirects) {
      throw new EgressError(
        'REDIRECT_LIMIT',
        `more than ${redirectRequest.maxRedirects} redirects, the last at ${withoutCredentials(url)}`,
      );
    }
    redirects.push({ status: response.status, url: withoutCredentials(url) });
    const target = parseEgressUrl(location, url);
    request = nextRequest(request, response.status, url.origin === target.origin);
    url = target;
  }
}

async function checkUrl(guard: EgressGuard, url: URL, redirects: number) {
  try {
    return await guard(url);
  } catch (error) {
    if (!(error instanceof EgressError) || redirects === 0) throw error;
    throw new EgressError(error.code, `${error.reason} (after redirect ${redirects})`);
  }
}

/** Sends credentials in the URL as Basic authentication, unless the request has an own header. */
function withBasicAuth(url: URL, request: OutgoingRequest): OutgoingRequest {
  if (url.username === '' && url.password === '') return request;
  const login = Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`);
  const authorization = request.headers.authorization ?? `Basic ${login.toString('base64')}`;
  return { ...request, headers: { ...request.headers, authorization } };
}

function nextRequest(request: OutgoingRequest, status: number, isSameOrigin: boolean): OutgoingRequest {
  const keepsBody = status === 307 || status === 308 || request.method === 'GET' || request.method === 'HEAD';
  const dropsBody = !keepsBody && (status === 303 || request.method === 'POST');
  const headers = Object.entries(request.headers).filter(
    ([name]) => (isSameOrigin || !CREDENTIAL_HEADERS.test(name)) && !(dropsBody && name.startsWith('content-')),
  );
  const location = { ...request, headers: Object.fromEntries(headers) };
  return dropsBody ? { ...location, method: 'GET', body: null } : location;
}

/** Without credentials. */
function withoutCredentials(url: URL): string {
  const clean = new URL(url);
  clean.username = '';
  clean.password = '';
  return clean.href;
}
