import { Type, type Static } from '@sinclair/typebox';
import { OWNER_TYPES } from './keys';
import { Id, JsonValue, NullableText, Timestamp, stringEnum, optionalOrNull, PositiveInteger } from './json';
import { patchOf } from './packs';

export const RETENTION_POLICIES = ['versions', 'days', 'hours', 'minutes'] as const;
export type RetentionPolicy = (typeof RETENTION_POLICIES)[number];

const policy = stringEnum(RETENTION_POLICIES);
const limit = PositiveInteger;

/** How long the artifacts and logs of an action or sensor are kept. */
export const retention = {
  artifact_retention_policy: Type.Optional(policy),
  artifact_retention_limit: Type.Optional(limit),
  log_retention_policy: Type.Optional(policy),
  log_retention_limit: Type.Optional(limit),
};
export const createRetention = {
  artifact_retention_policy: optionalOrNull(policy),
  artifact_retention_limit: optionalOrNull(limit),
  log_retention_policy: optionalOrNull(policy),
  log_retention_limit: optionalOrNull(limit),
};
export const updateRetention = {
  artifact_retention_policy: optionalOrNull(patchOf(policy)),
  artifact_retention_limit: optionalOrNull(patchOf(limit)),
  log_retention_policy: optionalOrNull(patchOf(policy)),
  log_retention_limit: optionalOrNull(patchOf(limit)),
};

/** Artifact types whose versions are files. */
const FILE_TYPES = ['file_binary', 'file_datatable', 'file_image', 'file_text'] as const;
export const ARTIFACT_TYPES = [...FILE_TYPES, 'other', 'progress', 'url'] as const;
export type ArtifactType = (typeof ARTIFACT_TYPES)[number];

export const isFileType = (type: ArtifactType): boolean => FILE_TYPES.some((known) => known === type);

export const VISIBILITIES = ['public', 'private'] as const;

/** Of an artifact that is created without one. */
export const defaultVisibility = (type: ArtifactType): (typeof VISIBILITIES)[number] =>
  type === 'progress' ? 'public' : 'private';

const NullableSize = Type.Unsafe<number | null>({ type: ['integer', 'null'], minimum: 0 });

/** A list item. `owner`: the ref or id, by `scope`. `size_bytes`: of the newest version. */
export const ArtifactSummary = Type.Object({
  id: Id,
  ref: Type.String(),
  scope: stringEnum(OWNER_TYPES),
  owner: Type.String(),
  type: stringEnum(ARTIFACT_TYPES),
  visibility: stringEnum(VISIBILITIES),
  name: NullableText,
  content_type: NullableText,
  size_bytes: NullableSize,
  created: Timestamp,
  updated: Timestamp,
});
export type ArtifactSummary = Static<typeof ArtifactSummary>;

export const Artifact = Type.Object({
  ...ArtifactSummary.properties,
  retention_policy: stringEnum(RETENTION_POLICIES),
  retention_limit: Type.Integer(),
  description: NullableText,
  data: Type.Optional(JsonValue),
});
export type Artifact = Static<typeof Artifact>;

/** A list item. `execution`: the execution that wrote the version. */
export const ArtifactVersionSummary = Type.Object({
  id: Id,
  version: Type.Integer(),
  execution: Type.Optional(Id),
  content_type: NullableText,
  size_bytes: NullableSize,
  file_path: Type.Optional(Type.String()),
  created_by: NullableText,
  created: Timestamp,
});
export type ArtifactVersionSummary = Static<typeof ArtifactVersionSummary>;

export const ArtifactVersion = Type.Object({
  ...ArtifactVersionSummary.properties,
  artifact: Id,
  content_json: Type.Optional(JsonValue),
  meta: Type.Optional(JsonValue),
});
export type ArtifactVersion = Static<typeof ArtifactVersion>;

/**
 * All conditions must match. `execution`: wrote a version of it; `name`: a substring of the name.
 */
export const ArtifactFilter = Type.Partial(
  Type.Object({
    scope: stringEnum(OWNER_TYPES),
    owner: Type.String(),
    type: stringEnum(ARTIFACT_TYPES),
    visibility: stringEnum(VISIBILITIES),
    execution: Id,
    name: Type.String(),
  }),
);
export type ArtifactFilter = Static<typeof ArtifactFilter>;
