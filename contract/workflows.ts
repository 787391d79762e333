import { Type, type Static } from '@sinclair/typebox';
import { Id, JsonMap, NullableJsonMap, NullableText, TextList, Timestamp, optionalOrNull, Name } from './json';

export const WorkflowSummary = Type.Object({
  id: Id,
  ref: Type.String(),
  pack_ref: Type.String(),
  label: Type.String(),
  description: NullableText,
  version: Type.String(),
  tags: TextList,
  created: Timestamp,
  updated: Timestamp,
});
export type WorkflowSummary = Static<typeof WorkflowSummary>;

export const Workflow = Type.Object({
  ...WorkflowSummary.properties,
  pack: Id,
  param_schema: NullableJsonMap,
  out_schema: NullableJsonMap,
  definition: JsonMap,
});
export type Workflow = Static<typeof Workflow>;

const writable = {
  label: Name,
  version: Type.String({ minLength: 1, maxLength: 50 }),
  definition: JsonMap,
};

const optional = {
  description: Type.Optional(NullableText),
  param_schema: Type.Optional(NullableJsonMap),
  out_schema: Type.Optional(NullableJsonMap),
  tags: Type.Optional(Type.Unsafe<string[] | null>({ type: ['array', 'null'], items: { type: 'string' } })),
};

export const CreateWorkflow = Type.Object({
  ref: Name,
  pack_ref: Name,
  ...writable,
  ...optional,
});
export type CreateWorkflow = Static<typeof CreateWorkflow>;

/** A workflow as a pair of files in its pack. */
export const WorkflowFileBody = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 255, pattern: '^[a-z0-9][a-z0-9_-]*$' }),
  pack_ref: Name,
  ...writable,
  ...optional,
});
export type WorkflowFileBody = Static<typeof WorkflowFileBody>;

export const UpdateWorkflow = Type.Object({
  label: optionalOrNull(writable.label),
  version: optionalOrNull(writable.version),
  definition: optionalOrNull(JsonMap),
  description: optionalOrNull(Type.String()),
  param_schema: optionalOrNull(JsonMap),
  out_schema: optionalOrNull(JsonMap),
  tags: optionalOrNull(TextList),
});
export type UpdateWorkflow = Static<typeof UpdateWorkflow>;
