import { Received } from '../../contract/events';
import type { Json } from '../../contract/json';
import { likewise, verb } from './operation';
import type { Request } from './request';
import { triggers } from './triggers';

/** The public end of a trigger's webhook. */
export const webhooks = (request: Request) => {
  const { get, enableWebhook } = triggers(request);
  const post = verb(
    'POST /webhooks/{key}',
    (call) => (key: string, payload: Json) => request.one(Received, call({ key, body: { payload } })),
    'post_webhook',
  );
  const fire = async (triggerRef: string, payload: Json): Promise<Received> => {
    const known = await get(triggerRef);
    const { webhook_key: key } = known.webhook_enabled ? known : await enableWebhook(triggerRef);
    if (typeof key !== 'string') throw new Error(`the webhook of ${triggerRef} has no key that the caller may see`);
    return post(key, payload);
  };
  return {
    /** One event with this payload. 400, 401, 403, 404 for a key that opens nothing, 429. */
    post,

    /** A call that brings no body at all. */
    postNothing: verb('POST /webhooks/{key}', (call) => (key: string) => request.one(Received, call({ key }))),

    /** As `post`, by the trigger's ref; its webhook is enabled where it is not. */
    fire: likewise(post, fire, 'fire_webhook'),
  };
};
