import { Type, type Static } from '@sinclair/typebox';
import { Id, JsonValue, NullableId, NullableText, Timestamp, stringEnum } from './json';

/** What became of one event and one rule; `undecided`: no row proves more than `text` states. */
const RULE_DECISIONS = [
  'fired',
  'criteria_false',
  'criteria_error',
  'rule_disabled',
  'rule_created_later',
  'other_trigger',
  'not_started',
  'pending',
  'undecided',
] as const;
export type RuleDecisionKind = (typeof RULE_DECISIONS)[number];

/** The part of the criteria that was false, evaluated on the event without its secrets. */
export const FailedPart = Type.Object({
  path: Type.String({ description: '`event.payload.branch`' }),
  operator: Type.String({ description: 'of the part; `is true` for a part without a comparison' }),
  expected: JsonValue,
  actual: JsonValue,
  problem: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'why there is no value: the path does not exist, for example',
  }),
});
export type FailedPart = Static<typeof FailedPart>;

/** `GET /rules/{ref}/decisions`: one event of the rule's trigger. */
export const RuleDecision = Type.Object({
  event: Id,
  event_created: Timestamp,
  decision: stringEnum(RULE_DECISIONS),
  text: Type.String({ description: 'one sentence' }),
  enforcement: NullableId,
  execution: NullableId,
  decided_by: NullableText,
  part: Type.Union([FailedPart, Type.Null()]),
  code: NullableText,
  message: NullableText,
});
export type RuleDecision = Static<typeof RuleDecision>;

export const RuleDecisionFilter = Type.Partial(Type.Object({ event: Id }));
export type RuleDecisionFilter = Static<typeof RuleDecisionFilter>;
