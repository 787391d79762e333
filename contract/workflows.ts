import { Type, type Static } from '@sinclair/typebox';
import { Id, JsonMap, NullableJsonMap, NullableText, TextList, Timestamp, orAbsent } from './json';

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
  label: Type.String({ minLength: 1, maxLength: 255 }),
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
  ref: Type.String({ minLength: 1, maxLength: 255 }),
  pack_ref: Type.String({ minLength: 1, maxLength: 255 }),
  ...writable,
  ...optional,
});
export type CreateWorkflow = Static<typeof CreateWorkflow>;

/** A workflow as a pair of files of its pack. */
export const WorkflowFileBody = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 255, pattern: '^[a-z0-9][a-z0-9_-]*$' }),
  pack_ref: Type.String({ minLength: 1, maxLength: 255 }),
  ...writable,
  ...optional,
});
export type WorkflowFileBody = Static<typeof WorkflowFileBody>;

export const UpdateWorkflow = Type.Object({
  label: orAbsent(writable.label),
  version: orAbsent(writable.version),
  definition: orAbsent(JsonMap),
  description: orAbsent(Type.String()),
  param_schema: orAbsent(JsonMap),
  out_schema: orAbsent(JsonMap),
  tags: orAbsent(TextList),
});
export type UpdateWorkflow = Static<typeof UpdateWorkflow>;
