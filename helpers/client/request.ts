import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import axios, { isAxiosError, type AxiosResponse } from 'axios';
import { Type, type Static, type TSchema } from '@sinclair/typebox';
import { one, page } from '../../contract/envelopes';
import { ApiError } from '../errors';
import { explain, matches } from './validate';
import type { Call } from './call';
import { refusal } from './refusal';
import { serverEvents, type ServerEvent } from './server-events';

export interface Wire {
  baseUrl: string;
  token?: string;
  /** Told of every answer: what was called, its status, how long it took (ms), and its body, unless that is a stream. */
  observe?: (call: Call, status: number, ms: number, body: unknown) => void;
}

const TIMEOUT_MS = 10_000;
const PAGE_ROWS = 100;
const Enveloped = one(Type.Unknown());
const Paged = page(Type.Unknown());

/** A streamed answer that is a refusal: its JSON, else its text. */
async function wholeOf(stream: Readable): Promise<unknown> {
  const body = await text(stream);
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}

export type Request = ReturnType<typeof createRequest>;

/** The one way to the platform. Never retries, never logs; throws ApiError with all it knows. */
export function createRequest(wire: Wire) {
  async function answer(call: Call, streamed = false): Promise<AxiosResponse<unknown>> {
    const began = performance.now();
    try {
      const response = await axios.request<unknown>({
        method: call.method,
        url: `${wire.baseUrl}${call.root ? '' : '/api/v1'}${call.path}`,
        params: call.query,
        data: call.body,
        headers: wire.token === undefined ? {} : { Authorization: `Bearer ${wire.token}` },
        timeout: TIMEOUT_MS,
        proxy: false,
        maxRedirects: 0,
        validateStatus: null,
        ...(streamed && { responseType: 'stream' as const }),
      });
      wire.observe?.(call, response.status, performance.now() - began, streamed ? undefined : response.data);
      if (response.status >= 200 && response.status < 300) return response;
      throw refusal(call, response.status, streamed ? await wholeOf(response.data as Readable) : response.data);
    } catch (error) {
      if (!isAxiosError(error)) throw error;
      const { method, path } = call;
      throw new ApiError({
        method,
        path,
        status: 0,
        code: error.code ?? 'NO_ANSWER',
        message: error.message,
        body: '',
      });
    }
  }

  /** What of an answer must match the schema. ANSWER_OFF_CONTRACT, with the path of each fault, when it does not. */
  function checked<S extends TSchema>(schema: S, { method, path }: Call, status: number, value: unknown): Static<S> {
    if (matches(schema, value)) return value;
    const message = explain(schema, value);
    throw new ApiError({ method, path, status, code: 'ANSWER_OFF_CONTRACT', message, body: JSON.stringify(value) });
  }

  /** The whole body, checked against the schema. */
  async function bare<S extends TSchema>(schema: S, call: Call): Promise<Static<S>> {
    const { status, data } = await answer(call);
    return checked(schema, call, status, data);
  }

  return {
    bare,

    /** What `{"data": …}` holds. */
    one: async <S extends TSchema>(schema: S, call: Call): Promise<Static<S>> =>
      checked(schema, call, 200, (await bare(Enveloped, call)).data),

    /** Every row of every page. */
    all: async <S extends TSchema>(schema: S, call: Call): Promise<Static<S>[]> => {
      const rows: Static<S>[] = [];
      for (let number = 1; ; number++) {
        const query = { ...call.query, page: number, per_page: PAGE_ROWS, page_size: PAGE_ROWS };
        const got = await bare(Paged, { ...call, query });
        rows.push(...got.items.map((row) => checked(schema, call, 200, row)));
        if (!got.pagination.has_next) return rows;
      }
    },

    /** The messages of a stream, as they come, until the server ends it or the reader leaves. */
    events: async function* (call: Call): AsyncGenerator<ServerEvent> {
      const { data } = await answer(call, true);
      yield* serverEvents(data as Readable);
    },

    /** The body of an answer that is text. */
    text: async (call: Call): Promise<string> => text((await answer(call, true)).data as Readable),

    /** The status, for answers without a body. */
    status: async (call: Call): Promise<number> => (await answer(call)).status,
  };
}
