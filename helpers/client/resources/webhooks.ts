import { WebhookReceipt } from '../../../contract/events';
import type { Json } from '../../../contract/json';
import type { CallOptions } from '../call';
import { withOperationOf, verb } from '../operation';
import type { Request } from '../request';
import { triggers } from './triggers';

/** The public endpoint of a trigger's webhook. */
export const webhooks = (request: Request) => {
  const { get, enableWebhook } = triggers(request);
  const post = verb(
    ['POST /webhooks/{key}', 'post_webhook'],
    (call, key: string, payload: Json, options: CallOptions = {}) =>
      request.one(WebhookReceipt, call({ key, body: { payload }, ...options })),
  );
  const fire = async (triggerRef: string, payload: Json): Promise<WebhookReceipt> => {
    const trigger = await get(triggerRef);
    const { webhook_key: key } = trigger.webhook_enabled ? trigger : await enableWebhook(triggerRef);
    if (typeof key !== 'string') throw new Error(`the webhook of ${triggerRef} has no key visible to the caller`);
    return post(key, payload);
  };
  return {
    /**
     * Posts one event with this payload; with `idempotencyKey`, once. 400, 401, 403, 404 for an
     * unknown key, 409 for another body under that key, 429.
     */
    post,

    /** Posts without a body. */
    postWithoutBody: verb('POST /webhooks/{key}', (call, key: string) => request.one(WebhookReceipt, call({ key }))),

    /** As `post`, by the trigger's ref; enables its webhook if necessary. */
    fire: withOperationOf(post, fire, 'fire_webhook'),
  };
};
