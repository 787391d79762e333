import { Type } from '@sinclair/typebox';
import {
  AuthSettings,
  CurrentUser,
  SensorToken,
  Tokens,
  type ChangePassword,
  type CreateSensorToken,
  type LdapLogin,
  type Login,
  type Refresh,
  type Register,
  type TokenLogin,
  type UpdateMe,
} from '../../../contract/auth';
import { rootVerb } from '../operation';
import type { Request } from '../request';

const Done = Type.Object({ success: Type.Literal(true), message: Type.String() });

/** Login, tokens and the caller's own identity. Verbs that return tokens need none. */
export const auth = (request: Request) => ({
  /**
   * 401 UNAUTHORIZED for an unknown login or a wrong password; 403 FORBIDDEN when the identity is
   * frozen.
   */
  login: rootVerb(['POST /auth/login', 'login'], (call, body: Login) => request.one(Tokens, call({ body }))),

  /** A new user without any grant. 403 FORBIDDEN when self-registration is off; 409 CONFLICT. */
  register: rootVerb(['POST /auth/register', 'register'], (call, body: Register) =>
    request.one(Tokens, call({ body })),
  ),

  /** New tokens; the old refresh token stays valid. 401 UNAUTHORIZED. */
  refresh: rootVerb('POST /auth/refresh', (call, body: Refresh) => request.one(Tokens, call({ body }))),

  /**
   * Exchanges the secret of an integration token. 401 UNAUTHORIZED for one that is unknown,
   * expired or revoked.
   */
  tokenLogin: rootVerb('POST /auth/token-login', (call, body: TokenLogin) => request.one(Tokens, call({ body }))),

  /** 501 NOT_IMPLEMENTED without a configured provider. */
  ldapLogin: rootVerb('POST /auth/ldap/login', (call, body: LdapLogin) => request.one(Tokens, call({ body }))),
  oidcLogin: rootVerb('GET /auth/oidc/login', (call) => request.text(call())),
  oidcCallback: rootVerb('GET /auth/callback', (call) => request.text(call())),

  /**
   * Clears a browser's cookies and redirects to the login page (307), which this client reports as
   * an error.
   */
  logout: rootVerb('GET /auth/logout', (call) => request.text(call())),

  /** Creates a token for a sensor. 403 FORBIDDEN without the right to update its triggers. */
  sensorToken: rootVerb('POST /auth/sensor-token', (call, body: CreateSensorToken) =>
    request.one(SensorToken, call({ body })),
  ),

  /** The same for internal services: 403 FORBIDDEN with a token of any other kind. */
  internalSensorToken: rootVerb('POST /auth/internal/sensor-token', (call, body: CreateSensorToken) =>
    request.one(SensorToken, call({ body })),
  ),

  /** The available ways to log in. Public. */
  settings: rootVerb('GET /auth/settings', (call) => request.one(AuthSettings, call())),

  /** 401 UNAUTHORIZED. */
  me: rootVerb('GET /auth/me', (call) => request.one(CurrentUser, call())),

  updateMe: rootVerb('PUT /auth/me', (call, body: UpdateMe) => request.one(CurrentUser, call({ body }))),

  /** 401 UNAUTHORIZED for a wrong current password. */
  changePassword: rootVerb('POST /auth/change-password', (call, body: ChangePassword) =>
    request.one(Done, call({ body })),
  ),
});
