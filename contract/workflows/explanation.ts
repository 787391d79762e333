import { Type, type Static } from '@sinclair/typebox';
import { NullableText, PositiveInteger, stringEnum, TextList } from '../json';
import { Finding, Revision } from '../workflows';

/** A text with expressions: where it is, and the paths that its expressions read. */
export const TemplateReads = Type.Object({
  place: Type.String({ description: 'JSON pointer into the task or into output_map: /input/text' }),
  reads: TextList,
});
export type TemplateReads = Static<typeof TemplateReads>;

const TASK_KINDS = ['action', 'parallel', 'workflow'] as const;

export const ExplainedTask = Type.Object({
  task: Type.String(),
  kind: stringEnum(TASK_KINDS),
  action: NullableText,
  pinned_digest: Type.Unsafe<string | null>({ ...NullableText, description: 'of its action at the compile' }),
  current_digest: Type.Unsafe<string | null>({ ...NullableText, description: 'of its action as it is installed' }),
  stale: Type.Boolean({ description: 'the compiled plan pins another digest than the current one' }),
  templates: Type.Array(TemplateReads),
});
export type ExplainedTask = Static<typeof ExplainedTask>;

/** The tasks in the order of the plan, and what their templates read. */
export const ExplainedDefinition = Type.Object({
  tasks: Type.Array(ExplainedTask),
  output: Type.Array(TemplateReads),
  complete: Type.Boolean({ description: 'false: there are too many expressions, and the last ones were not read' }),
});
export type ExplainedDefinition = Static<typeof ExplainedDefinition>;

/** What a compile of a revision would give now. Nothing is stored. */
export const Explanation = Type.Object({
  workflow: Type.String(),
  revision: PositiveInteger,
  state: Revision.properties.state,
  plan_digest: NullableText,
  current_plan_digest: NullableText,
  stale: Type.Boolean({ description: 'it is compiled, and a compile would give another plan or none' }),
  findings: Type.Array(Finding),
  ...ExplainedDefinition.properties,
});
export type Explanation = Static<typeof Explanation>;
