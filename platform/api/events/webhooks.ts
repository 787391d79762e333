import { Type } from '@sinclair/typebox';
import type { FastifyRequest } from 'fastify';
import { dataEnvelope } from '../../../contract/envelopes';
import { isObject } from '../../../contract/json';
import { WebhookReceipt } from '../../../contract/events';
import { Trigger } from '../../../contract/triggers';
import { WebhookSecurity } from '../../../contract/webhook-security';
import { describeErrors, type ValidationError } from '../../core/schema/validator';
import { settingsFaults } from '../../core/webhook/check-settings';
import { parseAddressList } from '../../base/http/address-list';
import { callerAddress } from '../../auth/caller-address';
import { platformNow } from '../../base/tenant-clocks';
import { receiveWebhook, type WebhookOutcome, type WebhookCall } from '../../webhooks/receive-webhook';
import { readEnvelope, readReceivedBody } from '../../webhooks/body';
import type { Transaction } from '../../store/database/connection';
import {
  disableWebhook,
  enableWebhook,
  findTriggerById,
  regenerateWebhookKey,
  setWebhookConfig,
  toTrigger,
  findTriggerByWebhookKey,
  type TriggerRow,
} from '../../store/events/triggers';
import { DomainError, notFound } from '../../base/domain-error';
import { onOwnComponent, refParams } from '../http/component-requirements';
import type { Api, ApiContext } from '../http/context';
import { route } from '../http/route';
import { namedPlugin } from '../http/named-plugin';
import { loadTrigger } from './triggers';

const PATH = '/api/v1/triggers/:ref/webhooks';
const tags = ['webhooks'];
const item = { tags, params: refParams, response: { 200: dataEnvelope(Trigger) } };

export function webhooksRoutes(api: Api, context: ApiContext): void {
  actionRoutes(api);
  securityRoute(api);
  receiveRoute(api, context);
}

type WebhookAction = (transaction: Transaction, row: TriggerRow) => Promise<TriggerRow>;

const WEBHOOK_ACTIONS: Readonly<Record<string, WebhookAction>> = {
  enable: enableWebhook,
  disable: (transaction, { id }) => disableWebhook(transaction, id),
  regenerate: (transaction, row) => {
    requireEnabled(row);
    return regenerateWebhookKey(transaction, row.id);
  },
};

function requireEnabled({ ref, webhook_enabled: isEnabled }: TriggerRow): void {
  if (!isEnabled) throw new DomainError('BAD_REQUEST', `The webhook of trigger '${ref}' is not enabled`);
}

function actionRoutes(api: Api): void {
  for (const [verb, apply] of Object.entries(WEBHOOK_ACTIONS)) {
    route(api, {
      method: 'POST',
      path: `${PATH}/${verb}`,
      grant: 'triggers:update',
      ignoresBody: true,
      schema: item,
      ...onOwnComponent(loadTrigger),
      handle: async ({ transaction, loaded }) => ({ data: toTrigger(await apply(transaction, loaded)) }),
    });
  }
}

/** Replaces all checks of the webhook's callers. Enabling the webhook again removes them. */
function securityRoute(api: Api): void {
  route(api, {
    method: 'PUT',
    path: `${PATH}/security`,
    extension: 'webhooks.security_api',
    grant: 'triggers:update',
    schema: { ...item, body: WebhookSecurity },
    ...onOwnComponent(loadTrigger),
    handle: async ({ transaction, body, loaded }) => {
      requireEnabled(loaded);
      requireFaultless(loaded, body);
      return { data: toTrigger(await setWebhookConfig(transaction, loaded, body)) };
    },
  });
}

/** VALIDATION_ERROR for settings that contradict each other, or those of the trigger's pack. */
function requireFaultless({ webhook_defaults: defaults }: TriggerRow, body: WebhookSecurity): void {
  const settings: WebhookSecurity = { ...(isObject(defaults) && defaults), ...body };
  const fields = [...settingsFaults(settings), ...addressFaults(body.ip_whitelist?.ips ?? [])];
  if (fields.length > 0) throw new DomainError('VALIDATION_ERROR', describeErrors(fields), { fields });
}

/** An entry that is neither allows no address, which only its caller would find. */
const addressFaults = (ips: readonly string[]): ValidationError[] =>
  ips.flatMap((ip, index) =>
    parseAddressList([ip]).invalid.length === 0
      ? []
      : [{ path: `ip_whitelist/ips/${index}`, message: 'is neither an address nor a range like 10.0.0.0/8' }],
  );

/**
 * `POST /webhooks/{key}`: public. The signature covers the raw body; the content type is ignored.
 */
function receiveRoute(api: Api, context: ApiContext): void {
  // A plugin of its own: its bodies are read as bytes.
  void api.register(
    namedPlugin('webhooks', (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes, parsed) => parsed(null, bytes));
      scope.post(
        '/api/v1/webhooks/:key',
        {
          config: { isPublic: true, requestsWork: true },
          schema: {
            tags,
            params: Type.Object({ key: Type.String() }),
            response: { 200: dataEnvelope(WebhookReceipt) },
          },
        },
        async (request, reply) => {
          const receipt = await receive(context, readWebhookCall(context, request, request.params.key));
          if ('received' in receipt) return { data: receipt.received };
          if (receipt.retryAfterSeconds !== undefined) reply.header('retry-after', receipt.retryAfterSeconds);
          throw receipt.error;
        },
      );
    }),
  );
}

function readWebhookCall(
  { trustedProxies }: ApiContext,
  { body, headers, raw }: FastifyRequest,
  key: string,
): WebhookCall {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new DomainError('BAD_REQUEST', 'the body must not be compressed: send it without Content-Encoding');
  }
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  const address = callerAddress(raw.socket, headers, trustedProxies);
  return { key, received: readReceivedBody(bytes, headers['content-type']), headers, address };
}

/**
 * The event belongs to the trigger's tenant. NOT_FOUND for a key of no open webhook, whether or
 * not it once had one.
 */
async function receive({ db, tenantQuota }: ApiContext, call: WebhookCall): Promise<WebhookOutcome> {
  const found = await db.singleStatement((transaction) => findTriggerByWebhookKey(transaction, call.key));
  if (!found) {
    readEnvelope(call.received); // a body that no webhook of Attune takes is reported first
    throw notFound('Webhook');
  }
  tenantQuota.addEvent(found.tenant);
  const receipt = await db.inTenant(found.tenant, async (transaction) => {
    await tenantQuota.requireQueueRoom(transaction, found.tenant);
    await tenantQuota.addBytes(transaction, found.tenant, call.received.bytes.length);
    const trigger = await findTriggerById(transaction, found.trigger);
    const isOpen = trigger?.webhook_key === call.key && trigger.webhook_enabled && trigger.enabled;
    return isOpen ? receiveWebhook(transaction, found.tenant, trigger, call, platformNow(found.tenant)) : null;
  });
  if (receipt === null) throw notFound('Webhook');
  return receipt;
}
