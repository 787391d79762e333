import type { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { Type, type TSchema } from '@sinclair/typebox';
import { dataEnvelope, page } from '../../contract/envelopes';
import { receivedSchema, type Received } from '../../contract/extension';
import { writeJson } from '../../contract/json-text/write-json';
import { ApiError } from '../errors';
import type { Call } from './call';
import { sendCall, type ConnectionOptions } from './send-call';
import { parseServerEvents, type ServerEvent } from './server-events';
import { shownText } from './shown-text';
import { explain, matches } from './validate';

const PAGE_ROWS = 100;
const DataEnvelope = dataEnvelope(Type.Unknown());
const PageEnvelope = page(Type.Unknown());

export type Request = ReturnType<typeof createRequest>;

/** Sends every request of the client and validates the responses. Throws ApiError. */
export function createRequest(options: ConnectionOptions) {
  /** The whole body, validated against the schema. */
  async function body<S extends TSchema>(schema: S, call: Call): Promise<Received<S>> {
    const { status, data } = await sendCall(options, call);
    return validated(schema, call, status, data);
  }

  return {
    body,

    /** The value of `{"data": …}`. */
    one: async <S extends TSchema>(schema: S, call: Call): Promise<Received<S>> =>
      validated(schema, call, 200, (await body(DataEnvelope, call)).data),

    /** The rows of all pages. */
    all: async <S extends TSchema>(schema: S, call: Call): Promise<Received<S>[]> => {
      const rows: Received<S>[] = [];
      for (let pageNumber = 1; ; pageNumber++) {
        const query = { ...call.query, page: pageNumber, per_page: PAGE_ROWS, page_size: PAGE_ROWS };
        const currentPage = await body(PageEnvelope, { ...call, query });
        rows.push(...currentPage.items.map((row) => validated(schema, call, 200, row)));
        if (!currentPage.pagination.has_next) return rows;
      }
    },

    /** The messages of a stream until the server ends it or the reader stops. */
    events: async function* (call: Call): AsyncGenerator<ServerEvent> {
      const { data } = await sendCall(options, call, true);
      yield* parseServerEvents(data as Readable);
    },

    /** The body of a text response. */
    text: async (call: Call): Promise<string> => text((await sendCall(options, call, true)).data as Readable),

    /** The body of a response that is neither text nor JSON. */
    bytes: async (call: Call): Promise<Buffer> => buffer((await sendCall(options, call, true)).data as Readable),

    /** The status of a response without a body. */
    status: async (call: Call): Promise<number> => (await sendCall(options, call)).status,
  };
}

/**
 * Validates a part of a response, in which extensions of the contract may be missing.
 * RESPONSE_OFF_CONTRACT, with the path of each fault.
 */
function validated<S extends TSchema>(
  promised: S,
  { method, path }: Call,
  status: number,
  value: unknown,
): Received<S> {
  const schema = receivedSchema(promised);
  if (matches(schema, value)) return value;
  const message = typeof value === 'string' ? `${shownText(value)} instead of JSON` : explain(schema, value);
  throw new ApiError({ method, path, status, code: 'RESPONSE_OFF_CONTRACT', message, body: writeJson(value) });
}
