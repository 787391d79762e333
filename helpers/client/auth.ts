import { CurrentUser, Tokens, type Login, type Refresh, type Register } from '../../contract/auth';
import { rootVerb } from './operation';
import type { Request } from './request';

/** Who the caller is. The three that give tokens need none. */
export const auth = (request: Request) => ({
  /** 401 UNAUTHORIZED for an unknown login or a wrong password; 403 FORBIDDEN when the identity is frozen. */
  login: rootVerb('POST /auth/login', (call) => (body: Login) => request.one(Tokens, call({ body })), 'login'),

  /** A new user without any grant. 403 FORBIDDEN when self-registration is off; 409 CONFLICT. */
  register: rootVerb(
    'POST /auth/register',
    (call) => (body: Register) => request.one(Tokens, call({ body })),
    'register',
  ),

  /** New tokens; the old refresh token stays good. 401 UNAUTHORIZED. */
  refresh: rootVerb('POST /auth/refresh', (call) => (body: Refresh) => request.one(Tokens, call({ body }))),

  /** 401 UNAUTHORIZED. */
  me: rootVerb('GET /auth/me', (call) => () => request.one(CurrentUser, call())),
});
