import { Received } from '../../contract/events';
import type { Json } from '../../contract/json';
import { verb } from './operation';
import type { Request } from './request';

/** The public end of a trigger's webhook. */
export const webhooks = (request: Request) => ({
  /** One event with this payload. 400, 401, 403, 404 for a key that opens nothing, 429. */
  post: verb(
    'POST /webhooks/{key}',
    (call) => (key: string, payload: Json) => request.one(Received, call({ key, body: { payload } })),
    'post_webhook',
    'fire_webhook',
  ),

  /** A call that brings no body at all. */
  postNothing: verb('POST /webhooks/{key}', (call) => (key: string) => request.one(Received, call({ key }))),
});
