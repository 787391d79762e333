import { Type, type Static } from '@sinclair/typebox';
import { RETENTION_POLICIES } from './actions';
import { OWNER_TYPES } from './keys';
import { Id, JsonValue, NullableText, Timestamp, oneOf } from './json';

/** Kinds whose versions are files. */
export const FILE_TYPES = ['file_binary', 'file_datatable', 'file_image', 'file_text'] as const;
export const ARTIFACT_TYPES = [...FILE_TYPES, 'other', 'progress', 'url'] as const;
export type ArtifactType = (typeof ARTIFACT_TYPES)[number];

export const isFileType = (type: ArtifactType): boolean => FILE_TYPES.some((known) => known === type);

export const VISIBILITIES = ['public', 'private'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

const NullableSize = Type.Unsafe<number | null>({ type: ['integer', 'null'], minimum: 0 });

/** A row of a list. `owner`: the ref or id, by `scope`. `size_bytes`: of the newest version. */
export const ArtifactSummary = Type.Object({
  id: Id,
  ref: Type.String(),
  scope: oneOf(OWNER_TYPES),
  owner: Type.String(),
  type: oneOf(ARTIFACT_TYPES),
  visibility: oneOf(VISIBILITIES),
  name: NullableText,
  content_type: NullableText,
  size_bytes: NullableSize,
  created: Timestamp,
  updated: Timestamp,
});
export type ArtifactSummary = Static<typeof ArtifactSummary>;

export const Artifact = Type.Object({
  ...ArtifactSummary.properties,
  retention_policy: oneOf(RETENTION_POLICIES),
  retention_limit: Type.Integer(),
  description: NullableText,
  data: Type.Optional(JsonValue),
});
export type Artifact = Static<typeof Artifact>;

/** A row of the list of versions. `execution`: the one that made it. */
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

/** All conditions must hold. `execution`: that made a version of it; `name`: a part of the name. */
export const ArtifactFilter = Type.Partial(
  Type.Object({
    scope: oneOf(OWNER_TYPES),
    owner: Type.String(),
    type: oneOf(ARTIFACT_TYPES),
    visibility: oneOf(VISIBILITIES),
    execution: Id,
    name: Type.String(),
  }),
);
export type ArtifactFilter = Static<typeof ArtifactFilter>;
