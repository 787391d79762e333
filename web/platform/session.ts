import { useEffect, useState } from 'preact/hooks';
import type { BrowserSession, CurrentUser } from '../../contract/auth';
import { ApiFailure, failureOf } from './api-failure';

/** Who uses the page. The access token is in memory alone; its renewal is in a cookie. */
export interface Session {
  readonly token: string;
  /** When a new token has to be requested, epoch ms. */
  readonly renewAt: number;
}

/** A token is renewed this long before it expires, ms. */
const RENEWED_BEFORE_MS = 60_000;
const CHANGED = 'sessionchange';

let current: Session | null = null;

export const currentSession = (): Session | null => current;

function setSession(session: Session | null): void {
  current = session;
  window.dispatchEvent(new Event(CHANGED));
}

/** Throws ApiFailure: 401 for wrong credentials. */
export async function logIn(login: string, password: string): Promise<void> {
  const response = await fetch('/auth/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password }),
  });
  if (!response.ok) throw await failureOf(response);
  setSession(await sessionOf(response));
}

/** Ends the session, here and at the platform. */
export async function logOut(): Promise<void> {
  await fetch('/auth/session', { method: 'DELETE' });
  setSession(null);
}

/** The session has ended at the platform: the page asks for a log-in. */
export const forgetSession = (): void => setSession(null);

/**
 * A token from the cookie of an earlier log-in; false where there is none that is valid. Tabs of a
 * browser share the cookie: they renew one after another. Throws TypeError without a connection.
 */
const renewSession = (): Promise<boolean> => navigator.locks.request('tuningfork-session', renew);

async function renew(): Promise<boolean> {
  const response = await fetch('/auth/session/renew', { method: 'POST' });
  if (response.status >= 500) throw await failureOf(response);
  setSession(response.status === 200 ? await sessionOf(response) : null);
  return current !== null;
}

async function sessionOf(response: Response): Promise<Session> {
  const { data } = (await response.json()) as { readonly data: BrowserSession };
  return { token: data.access_token, renewAt: Date.now() + data.expires_in * 1_000 - RENEWED_BEFORE_MS };
}

/** A token that is valid now. Throws ApiFailure 401 where the session has ended. */
export async function validToken(): Promise<string> {
  if (current && current.renewAt > Date.now()) return current.token;
  await renewSession();
  if (!current) throw new ApiFailure(401, 'UNAUTHORIZED', 'The session has ended: log in again', null);
  return current.token;
}

/** Whether somebody is logged in; `starting` until the cookie was tried. */
export function useSession(): 'starting' | 'in' | 'out' {
  const [state, setState] = useState<'starting' | 'in' | 'out'>('starting');
  useEffect(() => {
    const follow = (): void => setState(current ? 'in' : 'out');
    window.addEventListener(CHANGED, follow);
    renewSession().catch(() => setState('out'));
    return () => window.removeEventListener(CHANGED, follow);
  }, []);
  return state;
}

/** What the caller may do, as `GET /auth/me` returns it. */
export const mayDo = (user: CurrentUser | null, resource: string, action: string): boolean =>
  user?.effective_permissions.some((own) => own.resource === resource && own.actions.includes(action)) ?? false;
