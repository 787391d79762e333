import { Type, type Static } from '@sinclair/typebox';
import { JsonMap, Timestamp } from './json';

/** What a process of a platform does; one that is started without a choice does all of it. */
export const ROLES = ['api', 'executor', 'worker', 'sensor', 'notifier'] as const;
export type Role = (typeof ROLES)[number];

/** `GET /api/v1/capabilities`: the platform and its capabilities (`true`, or `{…details}`). */
export const CapabilityManifest = Type.Object({
  platform: Type.Object({
    name: Type.String(),
    version: Type.String(),
    instance_id: Type.String(),
    started_at: Timestamp,
    source: Type.Optional(Type.String({ description: 'hash of the running code' })),
  }),
  capabilities: Type.Record(Type.String(), Type.Union([Type.Boolean(), JsonMap])),
});
export type CapabilityManifest = Static<typeof CapabilityManifest>;

/** `GET /health/identity`: which platform answers. */
export const Identity = Type.Object({
  instance_id: Type.String(),
  stack_id: Type.Optional(Type.String({ description: 'of all platforms on the same database' })),
  version: Type.String(),
  source: Type.Optional(Type.String({ description: 'hash of the running code' })),
  started_at: Timestamp,
  roles: Type.Array(Type.Unsafe<Role>({ type: 'string', enum: ROLES }), {
    description: 'what this process does for the platform',
  }),
  draining: Type.Boolean({ description: 'it stops, and accepts no new work' }),
  shutdown_grace_seconds: Type.Number({ description: 'how long it lets executions end when it stops' }),
  pid: Type.Optional(Type.Integer({ description: 'for callers on the same host' })),
});
export type Identity = Static<typeof Identity>;
