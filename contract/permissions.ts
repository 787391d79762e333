import { Type, type Static } from '@sinclair/typebox';
import {
  Id,
  JsonMap,
  JsonValue,
  NullableId,
  NullableJsonMap,
  NullableText,
  TextList,
  Timestamp,
  stringEnum,
  optionalOrNull,
  Name,
} from './json';

/** The actions that can be granted on each resource. */
export const ACTIONS_BY_RESOURCE = {
  packs: ['read', 'create', 'install', 'configure', 'update', 'delete'],
  actions: ['read', 'create', 'update', 'delete', 'execute'],
  queues: ['read', 'create', 'update', 'delete', 'execute'],
  rules: ['read', 'create', 'update', 'delete'],
  triggers: ['read', 'create', 'update', 'delete'],
  executions: ['read', 'create', 'update', 'delete', 'cancel', 'decrypt'],
  events: ['read', 'create'],
  enforcements: ['read', 'decrypt'],
  inquiries: ['read', 'create', 'update', 'delete', 'respond'],
  keys: ['read', 'create', 'update', 'delete', 'decrypt'],
  artifacts: ['read', 'create', 'update', 'delete'],
  runtimes: ['read', 'create', 'update', 'delete'],
  workers: ['read', 'manage'],
  retention: ['read', 'update'],
  identities: ['read', 'create', 'update', 'delete'],
  permissions: ['read', 'create', 'update', 'delete', 'manage'],
  audit_log: ['read'],
  clock: ['move'],
} as const satisfies Record<string, readonly string[]>;

export const RESOURCES = Object.keys(ACTIONS_BY_RESOURCE) as (keyof typeof ACTIONS_BY_RESOURCE)[];

type ActionsByResource = typeof ACTIONS_BY_RESOURCE;
/**
 * A grant by name: `rules:update`. Only a standard permission set can have `tenants:manage`; no
 * API request grants it.
 */
export type GrantName =
  | { [R in keyof ActionsByResource]: `${R}:${ActionsByResource[R][number]}` }[keyof ActionsByResource]
  | 'tenants:manage';

/** The response without the grant: 403, 404 as for a missing resource, or a list without it. */
export type DeniedResponse = 403 | 404 | 'filtered';

/** Constraints of a grant; all must match. */
export const GrantConstraints = Type.Partial(
  Type.Object({
    pack_refs: TextList,
    owner: stringEnum(['self', 'any', 'none']),
    owner_types: TextList,
    visibility: TextList,
    execution_scope: stringEnum(['self', 'descendants', 'any']),
    refs: TextList,
    encrypted: Type.Boolean(),
    attributes: JsonMap,
  }),
  { additionalProperties: false },
);

export const IdentitySummary = Type.Object({
  id: Id,
  login: Type.String(),
  display_name: NullableText,
  frozen: Type.Boolean(),
  attributes: NullableJsonMap,
  roles: TextList,
});
export type IdentitySummary = Static<typeof IdentitySummary>;

export const IdentityRole = Type.Object({
  id: Id,
  identity_id: Id,
  role: Type.String(),
  source: Type.String(),
  managed: Type.Boolean(),
  created: Timestamp,
  updated: Timestamp,
});
export type IdentityRole = Static<typeof IdentityRole>;

export const PermissionAssignment = Type.Object({
  id: Id,
  identity_id: Id,
  permission_set_id: Id,
  permission_set_ref: Type.String(),
  created: Timestamp,
});
export type PermissionAssignment = Static<typeof PermissionAssignment>;

export const IdentityDetail = Type.Object({
  ...IdentitySummary.properties,
  roles: Type.Array(IdentityRole),
  direct_permissions: Type.Array(PermissionAssignment),
});
export type IdentityDetail = Static<typeof IdentityDetail>;

const Login = Type.String({ minLength: 3, maxLength: 255 });
const DisplayName = Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 255 });
const Password = Type.String({ minLength: 8, maxLength: 128 });

/** An identity without a password cannot log in. */
export const CreateIdentity = Type.Object({
  login: Login,
  display_name: Type.Optional(DisplayName),
  password: optionalOrNull(Password),
  attributes: Type.Optional(NullableJsonMap),
});
export type CreateIdentity = Static<typeof CreateIdentity>;

export const UpdateIdentity = Type.Object({
  display_name: Type.Optional(NullableText),
  password: optionalOrNull(Password),
  attributes: Type.Optional(NullableJsonMap),
  frozen: optionalOrNull(Type.Boolean()),
});
export type UpdateIdentity = Static<typeof UpdateIdentity>;

export const CreateRole = Type.Object({ role: Name });
export type CreateRole = Static<typeof CreateRole>;

export const PermissionSetRole = Type.Object({
  id: Id,
  permission_set_id: Id,
  permission_set_ref: NullableText,
  role: Type.String(),
  created: Timestamp,
});
export type PermissionSetRole = Static<typeof PermissionSetRole>;

/** `grants` as stored: those of pack files are not validated. */
export const PermissionSet = Type.Object({
  id: Id,
  ref: Type.String(),
  pack_ref: NullableText,
  label: NullableText,
  description: NullableText,
  grants: JsonValue,
  roles: Type.Array(PermissionSetRole),
});
export type PermissionSet = Static<typeof PermissionSet>;

export const UpdatePermissionSet = Type.Object({
  label: Type.Optional(DisplayName),
  description: Type.Optional(NullableText),
  grants: Type.Array(JsonMap),
});
export type UpdatePermissionSet = Static<typeof UpdatePermissionSet>;

/** Exactly one of `identity_id` and `identity_login`. */
export const CreateAssignment = Type.Object({
  identity_id: Type.Optional(NullableId),
  identity_login: Type.Optional(NullableText),
  permission_set_ref: Type.String({ minLength: 1 }),
});
export type CreateAssignment = Static<typeof CreateAssignment>;
