import { CurrentUser, Tokens, type Login, type Refresh, type Register } from '../../contract/auth';
import type { Request } from './request';

/** Who the caller is. The three that give tokens need none. */
export const auth = (request: Request) => ({
  /** 401 UNAUTHORIZED for an unknown login or a wrong password; 403 FORBIDDEN when the identity is frozen. */
  login: (body: Login) => request.one(Tokens, { method: 'POST', path: '/auth/login', root: true, body }),

  /** A new user without any grant. 403 FORBIDDEN when self-registration is off; 409 CONFLICT. */
  register: (body: Register) => request.one(Tokens, { method: 'POST', path: '/auth/register', root: true, body }),

  /** New tokens; the old refresh token stays good. 401 UNAUTHORIZED. */
  refresh: (body: Refresh) => request.one(Tokens, { method: 'POST', path: '/auth/refresh', root: true, body }),

  /** 401 UNAUTHORIZED. */
  me: () => request.one(CurrentUser, { method: 'GET', path: '/auth/me', root: true }),
});
