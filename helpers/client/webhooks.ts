import { Received } from '../../contract/events';
import type { Json } from '../../contract/json';
import type { Request } from './request';

/** The public end of a trigger's webhook. */
export const webhooks = (request: Request) => {
  const call = (key: string, body?: object) =>
    request.one(Received, { method: 'POST', path: `/webhooks/${encodeURIComponent(key)}`, ...(body && { body }) });
  return {
    /** One event with this payload. 400, 401, 403, 404 for a key that opens nothing, 429. */
    post: (key: string, payload: Json) => call(key, { payload }),

    /** A call that brings no body at all. */
    postNothing: (key: string) => call(key),
  };
};
