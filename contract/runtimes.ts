import {
  NullableTimestamp,
  stringEnum,
  Id,
  JsonValue,
  NullableId,
  NullableText,
  Timestamp,
  optionalOrNull,
  Name,
  TextList,
} from './json';
import { Type, type Static } from '@sinclair/typebox';
import { extension } from './extension';
import { patchOf } from './packs';
import { RUNTIME_KINDS, type RuntimeKind } from './runtime-manifest';

export const RuntimeSummary = Type.Object({
  id: Id,
  ref: Type.String(),
  pack_ref: NullableText,
  description: NullableText,
  name: Type.String(),
  kind: extension(
    'runtimes.manifest',
    Type.Unsafe<RuntimeKind | null>({
      type: ['string', 'null'],
      enum: [...RUNTIME_KINDS, null],
      description: 'who starts its programs: the platform or an agent; null: not in the manifest',
    }),
  ),
  templates: extension('runtimes.manifest', TextList),
  created: Timestamp,
  updated: Timestamp,
});
export type RuntimeSummary = Static<typeof RuntimeSummary>;

export const Runtime = Type.Object({
  ...RuntimeSummary.properties,
  pack: NullableId,
  distributions: JsonValue,
  installation: JsonValue,
  execution_config: JsonValue,
});
export type Runtime = Static<typeof Runtime>;

const description = Type.String({ minLength: 1 });

/** `execution_config` is stored unchanged. */
export const CreateRuntime = Type.Object({
  ref: Name,
  pack_ref: Type.Optional(NullableText),
  name: Name,
  description: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], minLength: 1 })),
  distributions: JsonValue,
  installation: Type.Optional(JsonValue),
  execution_config: JsonValue,
});
export type CreateRuntime = Static<typeof CreateRuntime>;

export const UpdateRuntime = Type.Object({
  name: optionalOrNull(Name),
  description: optionalOrNull(patchOf(description)),
  distributions: optionalOrNull(JsonValue),
  installation: optionalOrNull(patchOf(JsonValue)),
  execution_config: optionalOrNull(JsonValue),
});
export type UpdateRuntime = Static<typeof UpdateRuntime>;

export const ENVIRONMENT_RUNTIMES = ['python', 'nodejs'] as const;

export type EnvironmentRuntime = (typeof ENVIRONMENT_RUNTIMES)[number];

/**
 * `pending`: requested; `outdated`: built from other manifests than the pack's current ones, and
 * requested again.
 */
const ENVIRONMENT_STATUSES = ['pending', 'installing', 'ready', 'failed', 'outdated'] as const;

export type EnvironmentStatus = (typeof ENVIRONMENT_STATUSES)[number];

/** A pack's installed dependencies; a pack has one for each runtime that it has a manifest for. */
export const Environment = Type.Object({
  runtime: stringEnum(ENVIRONMENT_RUNTIMES),
  status: stringEnum(ENVIRONMENT_STATUSES),
  content_hash: Type.String({ description: 'of the manifests that it is built from' }),
  built_at: NullableTimestamp,
  size_bytes: NullableId,
  log: Type.String({ description: 'the last 50 lines of the installer' }),
  failing_requirement: NullableText,
});

export type Environment = Static<typeof Environment>;
