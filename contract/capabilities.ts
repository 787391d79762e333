import { Type, type Static } from '@sinclair/typebox';
import { JsonMap, Timestamp } from './json';

/** `GET /api/v1/capabilities`: who answers, and what it can do (`true`, or `{…details}`). */
export const Manifest = Type.Object({
  platform: Type.Object({
    name: Type.String(),
    version: Type.String(),
    instance_id: Type.String(),
    started_at: Timestamp,
    source: Type.Optional(Type.String({ description: 'hash of the code that runs' })),
  }),
  capabilities: Type.Record(Type.String(), Type.Union([Type.Boolean(), JsonMap])),
});
export type Manifest = Static<typeof Manifest>;
