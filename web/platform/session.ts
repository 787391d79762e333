import { useEffect, useState } from 'preact/hooks';
import type { BrowserSession, CurrentUser } from '../../contract/auth';
import { ApiFailure, failureOf, failureText, reach } from './api-failure';

/** Who uses the page. The access token is in memory alone; its renewal is in a cookie. */
interface Session {
  readonly token: string;
  /** Id of the identity. */
  readonly user: string;
  /** When a new token has to be requested, epoch ms. */
  readonly renewAt: number;
}

/** A token is renewed this long before it expires, ms. */
const RENEWED_BEFORE_MS = 60_000;
/** How long a log-out waits for the platform, ms. */
const LOG_OUT_MS = 5_000;
/** There is no session, it has ended, or its identity is frozen. */
const ENDED: ReadonlySet<number> = new Set([204, 401, 403]);
const CHANGED = 'sessionchange';
const CHANNEL = 'tuningfork-session';

let current: Session | null = null;
let problem: string | null = null;
let renewal: Promise<void> | null = null;

export const isLoggedIn = (): boolean => current !== null;

/** Why there is no session, where it is neither the first visit nor the end of the session. */
export const sessionProblem = (): string | null => problem;

function setSession(session: Session | null, why: string | null = null): void {
  current = session;
  problem = why;
  window.dispatchEvent(new Event(CHANGED));
}

/** Throws ApiFailure: 401 for wrong credentials. */
export async function logIn(login: string, password: string): Promise<void> {
  const response = await reach('/auth/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password }),
  });
  if (!response.ok) throw await failureOf(response);
  setSession(await sessionOf(response));
}

/**
 * Ends the session at the platform and in all tabs. Where the platform does not end it, the tabs
 * forget it all the same, and this one shows why.
 */
export async function logOut(): Promise<void> {
  const failure = await endSession().then(() => null, failureText);
  setSession(
    null,
    failure &&
      `The page has forgotten the session, but the platform has not ended it: ${failure}. A reload continues it.`,
  );
  const tabs = new BroadcastChannel(CHANNEL);
  tabs.postMessage('log-out');
  tabs.close();
}

async function endSession(): Promise<void> {
  const response = await reach('/auth/session', { method: 'DELETE', signal: AbortSignal.timeout(LOG_OUT_MS) });
  if (!response.ok) throw await failureOf(response);
}

/** The session has ended at the platform: the page asks for a log-in. */
export const forgetSession = (): void => setSession(null);

/**
 * Replaces the session by that of the cookie; none where the cookie has none. Throws ApiFailure
 * where the platform does not decide that.
 */
export function renewSession(): Promise<void> {
  renewal ??= inTurn(renew).finally(() => {
    renewal = null;
  });
  return renewal;
}

/** Tabs share the cookie: they renew in turn. Plain HTTP of another host has no locks. */
const inTurn = (act: () => Promise<void>): Promise<void> =>
  'locks' in navigator ? navigator.locks.request(CHANNEL, act) : act();

async function renew(): Promise<void> {
  const response = await reach('/auth/session/renew', { method: 'POST' });
  if (ENDED.has(response.status)) return setSession(null);
  if (!response.ok) throw await failureOf(response);
  const session = await sessionOf(response);
  if (current === null || current.user === session.user) return setSession(session);
  location.reload();
  throw new ApiFailure(401, 'UNAUTHORIZED', 'Another user has logged in', 'the page loads again');
}

async function sessionOf(response: Response): Promise<Session> {
  const { access_token: token, expires_in } = ((await response.json()) as { readonly data: BrowserSession }).data;
  return { token, user: userOf(token), renewAt: Date.now() + expires_in * 1_000 - RENEWED_BEFORE_MS };
}

/** The subject of a JWT. */
function userOf(token: string): string {
  const claims = token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/');
  return (JSON.parse(atob(claims)) as { readonly sub: string }).sub;
}

/**
 * A token that is valid now, and is not the one that was refused. Throws ApiFailure: 401 where the
 * session has ended.
 */
export async function validToken(refused?: string): Promise<string> {
  if (current && current.token !== refused && current.renewAt > Date.now()) return current.token;
  await renewSession();
  if (!current) throw new ApiFailure(401, 'UNAUTHORIZED', 'The session has ended: log in again', null);
  return current.token;
}

/** Whether somebody is logged in; `starting` until the cookie was tried. */
export function useSession(): 'starting' | 'in' | 'out' {
  const [state, setState] = useState<'starting' | 'in' | 'out'>('starting');
  useEffect(() => {
    const follow = (): void => setState(current ? 'in' : 'out');
    const tabs = new BroadcastChannel(CHANNEL);
    tabs.addEventListener('message', () => isLoggedIn() && forgetSession());
    window.addEventListener(CHANGED, follow);
    renewSession().catch((error: unknown) => setSession(null, failureText(error)));
    return () => {
      tabs.close();
      window.removeEventListener(CHANGED, follow);
    };
  }, []);
  return state;
}

/** What the caller may do, as `GET /auth/me` returns it. */
export const mayDo = (user: CurrentUser | null, resource: string, action: string): boolean =>
  user?.effective_permissions.some((own) => own.resource === resource && own.actions.includes(action)) ?? false;
