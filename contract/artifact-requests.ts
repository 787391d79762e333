import { Type, type Static } from '@sinclair/typebox';
import { ARTIFACT_TYPES, RETENTION_POLICIES, VISIBILITIES } from './artifacts';
import { Id, JsonValue, optionalOrNull, stringEnum } from './json';
import { OWNER_TYPES } from './keys';
import { patchOf } from './packs';

const Ref = Type.String({ maxLength: 512 });
const Owner = Type.String({ maxLength: 512 });
const ShortText = Type.String({ maxLength: 255 });
/** It becomes a header of downloads. */
const ContentType = Type.String({
  maxLength: 255,
  pattern: '^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+( ?;[ -~]*)?$',
});
const RetentionLimit = Type.Integer({ minimum: 1, maximum: 2_147_483_647 });

const retention = {
  retention_policy: optionalOrNull(stringEnum(RETENTION_POLICIES)),
  retention_limit: optionalOrNull(RetentionLimit),
};
const description = {
  name: optionalOrNull(ShortText),
  description: optionalOrNull(Type.String()),
};

/**
 * `visibility`: `private`, for the type `progress` `public`. Retention: that of the action or
 * sensor that owns it, else the newest 5 versions.
 */
export const CreateArtifact = Type.Object({
  ref: Ref,
  scope: stringEnum(OWNER_TYPES),
  owner: Owner,
  type: stringEnum(ARTIFACT_TYPES),
  visibility: optionalOrNull(stringEnum(VISIBILITIES)),
  ...retention,
  ...description,
  content_type: optionalOrNull(ContentType),
  data: optionalOrNull(JsonValue),
});
export type CreateArtifact = Static<typeof CreateArtifact>;

export const UpdateArtifact = Type.Object({
  scope: optionalOrNull(stringEnum(OWNER_TYPES)),
  owner: optionalOrNull(Owner),
  type: optionalOrNull(stringEnum(ARTIFACT_TYPES)),
  visibility: optionalOrNull(stringEnum(VISIBILITIES)),
  ...retention,
  name: optionalOrNull(patchOf(ShortText)),
  description: optionalOrNull(patchOf(Type.String())),
  content_type: optionalOrNull(patchOf(ContentType)),
  data: optionalOrNull(patchOf(JsonValue)),
});
export type UpdateArtifact = Static<typeof UpdateArtifact>;

export const AppendProgress = Type.Object({ entry: JsonValue });
/** Null removes the data. */
export const ReplaceData = Type.Object({ data: JsonValue });

/** What every new version may have. `execution`: that of an execution token by default. */
const version = {
  content_type: optionalOrNull(ContentType),
  execution: optionalOrNull(Id),
  meta: optionalOrNull(JsonValue),
  created_by: optionalOrNull(ShortText),
};

/** A version whose content is a JSON value. */
export const NewVersion = Type.Object({ content: JsonValue, ...version });
export type NewVersion = Static<typeof NewVersion>;

/** A version whose file a program writes. */
export const NewFileVersion = Type.Object(version);
export type NewFileVersion = Static<typeof NewFileVersion>;

/**
 * A version of an artifact that is created where there is none: a `file_text` of the scope
 * `action`, of no owner, that keeps 10 versions, unless these say otherwise.
 */
export const NewFileByRef = Type.Object({
  ...version,
  scope: optionalOrNull(stringEnum(OWNER_TYPES)),
  owner: optionalOrNull(Owner),
  type: optionalOrNull(stringEnum(ARTIFACT_TYPES)),
  visibility: optionalOrNull(stringEnum(VISIBILITIES)),
  ...retention,
  ...description,
});
export type NewFileByRef = Static<typeof NewFileByRef>;
