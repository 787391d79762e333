import { Type } from '@sinclair/typebox';
import type { FastifyRequest } from 'fastify';
import { one } from '../../contract/envelopes';
import { Received } from '../../contract/events';
import { Trigger } from '../../contract/triggers';
import { WebhookSecurity } from '../../contract/webhooks';
import { hostNow } from '../clock';
import { receiveWebhook, type Receipt, type WebhookCall } from '../sensor/receive-webhook';
import { readWebhookBody } from '../sensor/webhook-body';
import type { Database, Transaction } from '../store/database';
import {
  disableWebhook,
  enableWebhook,
  findTriggerById,
  regenerateWebhook,
  secureWebhook,
  triggerOf,
  triggerOfKey,
  type TriggerRow,
} from '../store/triggers';
import { Refusal } from '../refusal';
import type { Api, ApiContext } from './context';
import { notFound } from './errors';
import { changeableTrigger } from './triggers';

const tags = ['webhooks'];

export function webhooksRoutes(api: Api, context: ApiContext): void {
  switchRoutes(api, context);
  securityRoute(api, context);
  receiveRoute(api, context);
}

type Switch = (transaction: Transaction, row: TriggerRow) => Promise<TriggerRow>;

const SWITCHES: Readonly<Record<string, Switch>> = {
  enable: enableWebhook,
  disable: (transaction, { id }) => disableWebhook(transaction, id),
  regenerate: (transaction, { id, ref, webhook_enabled: isEnabled }) => {
    if (!isEnabled) throw new Refusal('BAD_REQUEST', `The webhook of trigger '${ref}' is not enabled`);
    return regenerateWebhook(transaction, id);
  },
};

function switchRoutes(api: Api, { db }: ApiContext): void {
  const schema = { tags, params: Type.Object({ ref: Type.String() }), response: { 200: one(Trigger) } };
  for (const [verb, turn] of Object.entries(SWITCHES)) {
    api.post(
      `/api/v1/triggers/:ref/webhooks/${verb}`,
      { config: { grant: 'triggers:update', bodiless: true }, schema },
      ({ caller, params: { ref } }) =>
        db.inTenant(caller.tenant, async (transaction) => {
          const row = await changeableTrigger(transaction, caller, ref, 'update');
          return { data: triggerOf(await turn(transaction, row)) };
        }),
    );
  }
}

/** Sets what the webhook asks of its callers, all of it at once. Enabling the webhook again forgets it. */
function securityRoute(api: Api, { db }: ApiContext): void {
  const params = Type.Object({ ref: Type.String() });
  api.put(
    '/api/v1/triggers/:ref/webhooks/security',
    {
      config: { grant: 'triggers:update' },
      schema: { tags, params, body: WebhookSecurity, response: { 200: one(Trigger) } },
    },
    ({ caller, params: { ref }, body }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const { id, webhook_enabled: isEnabled } = await changeableTrigger(transaction, caller, ref, 'update');
        if (!isEnabled) throw new Refusal('BAD_REQUEST', `The webhook of trigger '${ref}' is not enabled`);
        return { data: triggerOf(await secureWebhook(transaction, id, body)) };
      }),
  );
}

/** `POST /webhooks/{key}`: public. The signature is over the raw body, and the content type is not looked at. */
function receiveRoute(api: Api, { db }: ApiContext): void {
  // A plugin of its own: every body is taken as bytes.
  void api.register((scope: Api, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes, parsed) => parsed(null, bytes));
    scope.post(
      '/api/v1/webhooks/:key',
      {
        config: { public: true },
        schema: { tags, params: Type.Object({ key: Type.String() }), response: { 200: one(Received) } },
      },
      async (request, reply) => {
        const receipt = await receive(db, callOf(request, request.params.key));
        if ('received' in receipt) return { data: receipt.received };
        if (receipt.retryAfterSeconds !== undefined) reply.header('retry-after', receipt.retryAfterSeconds);
        throw receipt.refusal;
      },
    );
    done();
  });
}

function callOf({ body, headers, raw }: FastifyRequest, key: string): WebhookCall {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new Refusal('BAD_REQUEST', 'the body must not be compressed: send it without Content-Encoding');
  }
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  return { key, bytes, body: readWebhookBody(bytes), headers, peer: raw.socket.remoteAddress };
}

/** The event lands in the trigger's tenant. A key that opens nothing is NOT_FOUND, whatever it once was. */
async function receive(db: Database, call: WebhookCall): Promise<Receipt> {
  const found = await db.inNone((transaction) => triggerOfKey(transaction, call.key));
  if (!found) throw notFound('Webhook');
  const receipt = await db.inTenant(found.tenant, async (transaction) => {
    const trigger = await findTriggerById(transaction, found.trigger);
    const isOpen = trigger?.webhook_key === call.key && trigger.webhook_enabled && trigger.enabled;
    return isOpen ? receiveWebhook(transaction, found.tenant, trigger, call, hostNow()) : null;
  });
  if (receipt === null) throw notFound('Webhook');
  return receipt;
}
