import { Type, type Static } from '@sinclair/typebox';
import { JsonMap, Timestamp } from './json';

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
