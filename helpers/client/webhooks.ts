import { Received } from '../../contract/events';
import type { Json } from '../../contract/json';
import type { Request } from './request';

/** The public end of a trigger's webhook. */
export const webhooks = (request: Request) => ({
  /** One event with this payload. 400, 401, 403, 404 for a key that opens nothing, 429. */
  post: (key: string, payload: Json) =>
    request.one(Received, { method: 'POST', path: `/webhooks/${encodeURIComponent(key)}`, body: { payload } }),
});
