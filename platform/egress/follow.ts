import { exchange, type Answer, type Asked } from './exchange';
import { urlOf, type Guard } from './guard';
import { EgressRefused } from './refused';

export interface Journey {
  readonly url: URL;
  readonly asked: Asked;
  /** Null: an answer that points elsewhere is the answer. */
  readonly mostRedirects: number | null;
}

export interface Arrival {
  readonly answer: Answer;
  /** Where it came from in the end, without credentials. */
  readonly url: string;
  /** Each answer that pointed elsewhere, in order. */
  readonly hops: readonly { readonly status: number; readonly url: string }[];
}

const MOVED = new Set([301, 302, 303, 307, 308]);
/** Headers that tell who asks: another origin must not hear them. */
const TELLING = /auth|cookie|token|secret|key|session|credential|signature|^host$/i;

/**
 * Asks, and follows where the answers point; every hop is checked like the first one. What tells who asks is left out
 * once the origin changes, for good. Throws EgressRefused, REDIRECT_LIMIT among its codes.
 */
export async function follow(journey: Journey, guard: Guard, stop: AbortSignal): Promise<Arrival> {
  const hops: { status: number; url: string }[] = [];
  let { url, asked } = journey;
  for (;;) {
    const answer = await exchange(await checked(guard, url, hops.length), withLogIn(url, asked), stop);
    const next = MOVED.has(answer.status) ? answer.headers.location : undefined;
    if (journey.mostRedirects === null || next === undefined) return { answer, url: shown(url), hops };
    answer.body.on('error', () => undefined).destroy(); // nobody reads what comes with a redirect
    if (hops.length >= journey.mostRedirects) {
      throw new EgressRefused(
        'REDIRECT_LIMIT',
        `more than ${journey.mostRedirects} redirects, the last at ${shown(url)}`,
      );
    }
    hops.push({ status: answer.status, url: shown(url) });
    const target = urlOf(next, url);
    asked = askedNext(asked, answer.status, url.origin === target.origin);
    url = target;
  }
}

async function checked(guard: Guard, url: URL, hops: number) {
  try {
    return await guard(url);
  } catch (error) {
    if (!(error instanceof EgressRefused) || hops === 0) throw error;
    throw new EgressRefused(error.code, `${error.what} (after redirect ${hops})`);
  }
}

/** A log-in inside the address is sent as such, unless there is one already; it is not part of what is asked. */
function withLogIn(url: URL, asked: Asked): Asked {
  if (url.username === '' && url.password === '') return asked;
  const login = Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`);
  const authorization = asked.headers.authorization ?? `Basic ${login.toString('base64')}`;
  return { ...asked, headers: { ...asked.headers, authorization } };
}

function askedNext(asked: Asked, status: number, sameOrigin: boolean): Asked {
  const keepsBody = status === 307 || status === 308 || asked.method === 'GET' || asked.method === 'HEAD';
  const dropsBody = !keepsBody && (status === 303 || asked.method === 'POST');
  const kept = Object.entries(asked.headers).filter(
    ([name]) => (sameOrigin || !TELLING.test(name)) && !(dropsBody && name.startsWith('content-')),
  );
  const next = { ...asked, headers: Object.fromEntries(kept) };
  return dropsBody ? { ...next, method: 'GET', body: null } : next;
}

/** Without credentials. */
function shown(url: URL): string {
  const clean = new URL(url);
  clean.username = '';
  clean.password = '';
  return clean.href;
}
