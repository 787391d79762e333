import { Type, type Static } from '@sinclair/typebox';
import { Id, JsonValue, NullableId, NullableJsonMap, NullableTimestamp, Timestamp, oneOf, type Json } from './json';

/** `pending` is followed by one of the others, which are final. */
export const INQUIRY_STATUSES = ['pending', 'responded', 'timeout', 'cancelled'] as const;
export type InquiryStatus = (typeof INQUIRY_STATUSES)[number];
export const InquiryStatusWord = oneOf(INQUIRY_STATUSES);

export const MOST_PROMPT_CHARACTERS = 10_000;
/** Ten years. */
export const MOST_TIMEOUT_SECONDS = 315_360_000;

/** What a question may say beside its prompt. With both timeouts the earlier holds. A null default is none. */
const asked = {
  response_schema: Type.Optional(NullableJsonMap),
  assigned_to: Type.Optional(NullableId),
  timeout_at: Type.Optional(NullableTimestamp),
  timeout_seconds: Type.Optional(
    Type.Unsafe<number | null>({
      type: ['number', 'null'],
      exclusiveMinimum: 0,
      maximum: MOST_TIMEOUT_SECONDS,
      description: 'fractions count; from the moment of asking',
    }),
  ),
  default_response: Type.Optional(JsonValue),
  strict: Type.Optional(Type.Boolean({ description: 'refuse answers that are not as response_schema says' })),
};

export const NewInquiry = Type.Object({
  execution: Id,
  prompt: Type.String({ minLength: 1, maxLength: MOST_PROMPT_CHARACTERS }),
  ...asked,
  wait: Type.Optional(
    Type.Boolean({ description: 'by the execution itself: it goes on waiting when its process has ended' }),
  ),
});
export type NewInquiry = Static<typeof NewInquiry>;

export const UpdateInquiry = Type.Object({
  status: Type.Optional(InquiryStatusWord),
  response: Type.Optional(JsonValue),
  assigned_to: Type.Optional(NullableId),
});
export type UpdateInquiry = Static<typeof UpdateInquiry>;

export const Respond = Type.Object({ response: Type.Unsafe<Json>({}) });
export type Respond = Static<typeof Respond>;

/** `defaulted`: nobody answered in time, `response` is the default; `responded_at` is then null. */
export const Inquiry = Type.Object({
  id: Id,
  execution: Id,
  prompt: Type.String(),
  response_schema: NullableJsonMap,
  assigned_to: NullableId,
  status: InquiryStatusWord,
  response: JsonValue,
  timeout_at: NullableTimestamp,
  responded_at: NullableTimestamp,
  default_response: Type.Optional(JsonValue),
  defaulted: Type.Optional(Type.Boolean()),
  strict: Type.Optional(Type.Boolean()),
  created: Timestamp,
  updated: Timestamp,
});
export type Inquiry = Static<typeof Inquiry>;

export const InquirySummary = Type.Object({
  id: Id,
  execution: Id,
  prompt: Type.String(),
  assigned_to: NullableId,
  status: InquiryStatusWord,
  has_response: Type.Boolean(),
  timeout_at: NullableTimestamp,
  created: Timestamp,
});
export type InquirySummary = Static<typeof InquirySummary>;

/** All conditions must hold. */
export const InquiryFilter = Type.Partial(Type.Object({ status: Type.String(), execution: Id, assigned_to: Id }));
export type InquiryFilter = Static<typeof InquiryFilter>;

/** The result of an execution whose question was answered; `data` is what its process had printed, if it had one. */
export const Answered = Type.Object({
  response: JsonValue,
  __inquiry_id: Id,
  __inquiry_created_published: Type.Literal(true),
  defaulted: Type.Optional(Type.Literal(true)),
  data: Type.Optional(JsonValue),
});
export type Answered = Static<typeof Answered>;
