import { Type, type Static } from '@sinclair/typebox';
import { NullableText } from '../../contract/json';

/** A request with its response. */
export const SentRequest = Type.Object({
  at: Type.Number({ description: 'when it was sent, epoch ms' }),
  method: Type.String(),
  path: Type.String({ description: 'with `/api/v1`' }),
  status: Type.Integer(),
  ms: Type.Number({ description: 'until its response' }),
  execution: Type.Optional(Type.Integer({ description: 'that it has requested' })),
});
export type SentRequest = Static<typeof SentRequest>;

/** A request with its response, as texts of a bounded size without secrets. */
export const ShownRequest = Type.Object({
  ...SentRequest.properties,
  query: Type.String({ description: '`?parent=41`; empty: none' }),
  sent: NullableText,
  received: NullableText,
});
export type ShownRequest = Static<typeof ShownRequest>;

/** A request of a test, as long as its bodies are kept. */
export interface ObservedRequest extends SentRequest {
  readonly query: string;
  /** Absent where there is no body, or where it was not kept. */
  readonly bodies?: { readonly sent: unknown; readonly received: unknown };
}
