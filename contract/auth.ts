import { Type, type Static } from '@sinclair/typebox';
import { Id, JsonMap, NullableText, TextList, Timestamp, stringEnum, Name } from './json';

export const TOKEN_TYPES = ['access', 'refresh', 'sensor', 'execution', 'worker'] as const;
export type TokenType = (typeof TOKEN_TYPES)[number];

export const Register = Type.Object({
  login: Type.String({ minLength: 3, maxLength: 255 }),
  password: Type.String({ minLength: 8, maxLength: 128 }),
  display_name: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 255 })),
});
export type Register = Static<typeof Register>;

export const Login = Type.Object({
  login: Name,
  password: Type.String({ minLength: 1 }),
});
export type Login = Static<typeof Login>;

export const Refresh = Type.Object({ refresh_token: Type.String({ minLength: 1 }) });
export type Refresh = Static<typeof Refresh>;

/** An integration token's secret. */
export const TokenLogin = Type.Object({ token: Type.String({ minLength: 1 }) });
export type TokenLogin = Static<typeof TokenLogin>;

export const LdapLogin = Type.Object({
  login: Type.String({ minLength: 1 }),
  password: Type.String({ minLength: 1 }),
});
export type LdapLogin = Static<typeof LdapLogin>;

/**
 * `ttl_seconds`: lifetime of the token; `trigger_types`: triggers that it may create events of.
 */
export const CreateSensorToken = Type.Object({
  sensor_ref: Name,
  trigger_types: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
  ttl_seconds: Type.Optional(Type.Integer({ minimum: 3_600, maximum: 259_200 })),
});
export type CreateSensorToken = Static<typeof CreateSensorToken>;

export const SensorToken = Type.Object({
  identity_id: Id,
  sensor_ref: Type.String(),
  token: Type.String(),
  expires_at: Timestamp,
  trigger_types: TextList,
});
export type SensorToken = Static<typeof SensorToken>;

/** An empty name clears it; null is the same as absent. */
export const UpdateMe = Type.Object({
  display_name: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 255 })),
});
export type UpdateMe = Static<typeof UpdateMe>;

export const ChangePassword = Type.Object({
  current_password: Type.String({ minLength: 1 }),
  new_password: Type.String({ minLength: 8, maxLength: 128 }),
});
export type ChangePassword = Static<typeof ChangePassword>;

const TokenUser = Type.Object({ id: Id, login: Type.String(), display_name: NullableText });

export const Tokens = Type.Object({
  access_token: Type.String(),
  refresh_token: Type.String(),
  token_type: Type.Literal('Bearer'),
  expires_in: Type.Integer({ description: 'seconds' }),
  user: Type.Optional(TokenUser),
});
export type Tokens = Static<typeof Tokens>;

/** What a browser is given of a session; its refresh token is in a cookie. */
export const BrowserSession = Type.Omit(Tokens, ['refresh_token']);
export type BrowserSession = Static<typeof BrowserSession>;

export const CurrentUser = Type.Object({
  id: Id,
  login: Type.String(),
  display_name: NullableText,
  auth_provider: stringEnum(['local', 'oidc', 'ldap']),
  is_local: Type.Boolean(),
  can_change_password: Type.Boolean(),
  provider_profile: Type.Optional(JsonMap),
  effective_permissions: Type.Array(Type.Object({ resource: Type.String(), actions: TextList })),
  assigned_permission_set_refs: TextList,
});
export type CurrentUser = Static<typeof CurrentUser>;

export const AuthSettings = Type.Object({
  authentication_enabled: Type.Boolean(),
  local_password_enabled: Type.Boolean(),
  local_password_visible_by_default: Type.Boolean(),
  oidc_enabled: Type.Boolean(),
  oidc_visible_by_default: Type.Boolean(),
  oidc_provider_name: NullableText,
  oidc_provider_label: NullableText,
  oidc_provider_icon_url: NullableText,
  ldap_enabled: Type.Boolean(),
  ldap_visible_by_default: Type.Boolean(),
  ldap_provider_name: NullableText,
  ldap_provider_label: NullableText,
  ldap_provider_icon_url: NullableText,
  self_registration_enabled: Type.Boolean(),
});
export type AuthSettings = Static<typeof AuthSettings>;
