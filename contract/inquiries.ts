import { Type, type Static } from '@sinclair/typebox';
import { extension } from './extension';
import {
  Id,
  JsonValue,
  NullableId,
  NullableJsonMap,
  NullableTimestamp,
  Timestamp,
  stringEnum,
  type Json,
} from './json';

/** `pending` is followed by one of the others, which are final. */
export const INQUIRY_STATUSES = ['pending', 'responded', 'timeout', 'cancelled'] as const;
export type InquiryStatus = (typeof INQUIRY_STATUSES)[number];
const InquiryStatusSchema = stringEnum(INQUIRY_STATUSES);

export const MAX_PROMPT_LENGTH = 10_000;
/** Ten years. */
export const MAX_TIMEOUT_SECONDS = 315_360_000;

/**
 * Fields of an inquiry beside its prompt. Of two timeouts the earlier applies. A null default is
 * none.
 */
const inquiryOptions = {
  response_schema: Type.Optional(NullableJsonMap),
  assigned_to: Type.Optional(NullableId),
  timeout_at: Type.Optional(NullableTimestamp),
  timeout_seconds: extension(
    'inquiries.default_response',
    Type.Optional(
      Type.Unsafe<number | null>({
        type: ['number', 'null'],
        exclusiveMinimum: 0,
        maximum: MAX_TIMEOUT_SECONDS,
        description: 'from the creation of the inquiry; may be fractional',
      }),
    ),
  ),
  default_response: extension('inquiries.default_response', Type.Optional(JsonValue)),
  strict: extension(
    'inquiries.response_schema',
    Type.Optional(Type.Boolean({ description: 'reject responses that do not match response_schema' })),
  ),
};

export const NewInquiry = Type.Object({
  execution: Id,
  prompt: Type.String({ minLength: 1, maxLength: MAX_PROMPT_LENGTH }),
  ...inquiryOptions,
  wait: extension(
    'inquiries.from_actions',
    Type.Optional(
      Type.Boolean({ description: 'by the execution itself: it waits for the response after its process has ended' }),
    ),
  ),
});
export type NewInquiry = Static<typeof NewInquiry>;

export const UpdateInquiry = Type.Object({
  status: Type.Optional(InquiryStatusSchema),
  response: Type.Optional(JsonValue),
  assigned_to: Type.Optional(NullableId),
});
export type UpdateInquiry = Static<typeof UpdateInquiry>;

export const Respond = Type.Object({ response: Type.Unsafe<Json>({}) });
export type Respond = Static<typeof Respond>;

/**
 * `defaulted`: the inquiry timed out and `response` is the default; `responded_at` is then null.
 */
export const Inquiry = Type.Object({
  id: Id,
  execution: Id,
  prompt: Type.String(),
  response_schema: NullableJsonMap,
  assigned_to: NullableId,
  status: InquiryStatusSchema,
  response: JsonValue,
  timeout_at: NullableTimestamp,
  responded_at: NullableTimestamp,
  default_response: extension('inquiries.default_response', Type.Optional(JsonValue)),
  defaulted: extension('inquiries.default_response', Type.Optional(Type.Boolean())),
  strict: extension('inquiries.response_schema', Type.Optional(Type.Boolean())),
  created: Timestamp,
  updated: Timestamp,
});
export type Inquiry = Static<typeof Inquiry>;

export const InquirySummary = Type.Object({
  id: Id,
  execution: Id,
  prompt: Type.String(),
  assigned_to: NullableId,
  status: InquiryStatusSchema,
  has_response: Type.Boolean(),
  timeout_at: NullableTimestamp,
  created: Timestamp,
});
export type InquirySummary = Static<typeof InquirySummary>;

/** All conditions must match. */
export const InquiryFilter = Type.Partial(Type.Object({ status: Type.String(), execution: Id, assigned_to: Id }));
export type InquiryFilter = Static<typeof InquiryFilter>;
