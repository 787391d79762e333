import { Type, type Static } from '@sinclair/typebox';
import { Id, NullableText, Timestamp, Name } from './json';

const Slug = Type.String({ pattern: '^[a-z][a-z0-9-]*$', minLength: 2, maxLength: 63 });

/** An isolated part of the platform's data. */
export const Tenant = Type.Object({
  id: Id,
  slug: Type.String(),
  name: Type.String(),
  /** A frozen tenant has no log-in, no valid token, and starts no executions. */
  frozen: Type.Boolean(),
  /** Its share of a worker's slots, relative to the other tenants that wait. */
  slot_weight: Type.Number(),
  created: Timestamp,
});
export type Tenant = Static<typeof Tenant>;

/** `admin` is its first identity, with the permission set `core.admin`. */
export const CreateTenant = Type.Object({
  slug: Slug,
  name: Name,
  admin: Type.Object({
    login: Type.String({ minLength: 3, maxLength: 255 }),
    password: Type.String({ minLength: 8, maxLength: 128 }),
    display_name: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 255 })),
  }),
});
export type CreateTenant = Static<typeof CreateTenant>;

export const CreatedTenant = Type.Object({
  ...Tenant.properties,
  admin: Type.Object({ id: Id, login: Type.String(), display_name: NullableText }),
});
export type CreatedTenant = Static<typeof CreatedTenant>;

/** Absent fields keep their value. */
export const UpdateTenant = Type.Object({
  name: Type.Optional(Name),
  frozen: Type.Optional(Type.Boolean()),
  slot_weight: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1_000 })),
});
export type UpdateTenant = Static<typeof UpdateTenant>;

/** What was removed: rows by table, files by directory. Zero counts are left out. */
export const RemovedTenant = Type.Object({
  slug: Type.String(),
  rows: Type.Record(Type.String(), Type.Integer()),
  files: Type.Record(Type.String(), Type.Integer()),
});
export type RemovedTenant = Static<typeof RemovedTenant>;
