import type { Received } from '../../contract/events';
import { isObject, type Json, type JsonObject } from '../../contract/json';
import { takeIn } from '../executor/event-intake';
import { Refusal } from '../refusal';
import type { Transaction } from '../store/database';
import type { TriggerRow } from '../store/triggers';
import { deliveryName, earlierDelivery, type DeliveryName } from '../store/webhook-deliveries';
import { keyHashOf, logDelivery, recentDeliveries, type Delivery } from '../store/webhook-log';
import { callerAddress, isAddressAllowed } from './caller-address';
import type { WebhookBody } from './webhook-body';
import { verifySignature, type Headers } from './webhook-signature';

/** One call of a webhook, as it came. */
export interface WebhookCall {
  readonly key: string;
  readonly bytes: Buffer;
  readonly body: WebhookBody;
  readonly headers: Headers;
  /** Address of the socket's other end. */
  readonly peer: string | undefined;
}

/** What came of it: told to the caller, or refused; either way the call stands in the log. */
export type Receipt =
  { readonly received: Received } | { readonly refusal: Refusal; readonly retryAfterSeconds?: number };

interface Denial {
  readonly refusal: Refusal;
  /** In the log only: the caller is told no more than the status says. */
  readonly reason: string;
  readonly retryAfterSeconds?: number;
}

/**
 * Takes one call of a trigger's webhook in: the settings' checks in the contract's order, then the event with all that
 * comes of it. `nowMs` is the platform's clock, epoch ms. A refusal is answered and not thrown, so that it is logged.
 */
export async function receiveWebhook(
  transaction: Transaction,
  tenant: number,
  trigger: TriggerRow,
  call: WebhookCall,
  nowMs: number,
): Promise<Receipt> {
  const agent = call.headers['user-agent'];
  const delivery: Delivery = {
    trigger: trigger.id,
    triggerRef: trigger.ref,
    keyHash: keyHashOf(call.key),
    address: callerAddress(call.peer, call.headers),
    userAgent: typeof agent === 'string' ? agent : null,
    bytes: call.bytes.length,
    name: nameOf(call, trigger.webhook_config),
  };
  const signature = verifySignature(trigger.webhook_config, call.headers, call.bytes, nowMs);
  const denial = await denialOf(transaction, trigger.webhook_config, delivery, signature);
  if (denial !== null) {
    const { reason, ...told } = denial;
    await logDelivery(transaction, delivery, { status: told.refusal.status, reason, event: null });
    return told;
  }
  const again = await repeated(transaction, trigger, delivery);
  if (again !== null) return again;
  const config = configOf(call, delivery, signature === 'verified', nowMs);
  const event = await takeIn(transaction, tenant, {
    trigger,
    payload: call.body.payload,
    config,
    source: null,
    sourceRef: 'webhook',
    rule: null,
    correlationId: null,
  });
  await logDelivery(transaction, delivery, { status: 200, reason: null, event: event.id });
  return receivedAs(trigger, event.id, event.created);
}

const receivedAs = ({ ref }: TriggerRow, event: number, at: string): Receipt => ({
  received: { event_id: event, trigger_ref: ref, received_at: at, message: 'Webhook received successfully' },
});

/** The name that a call gives itself: `Idempotency-Key`, else the header that the webhook's settings name. */
function nameOf({ headers, bytes }: WebhookCall, config: Json): DeliveryName | null {
  const header = isObject(config) ? config.dedupe_header : undefined;
  const name = headers['idempotency-key'] ?? (typeof header === 'string' ? headers[header.toLowerCase()] : undefined);
  return typeof name === 'string' && name !== '' ? deliveryName(name, bytes) : null;
}

/** A call that came before is answered as it was then; another body under its name is refused. Null for the first. */
async function repeated(transaction: Transaction, trigger: TriggerRow, delivery: Delivery): Promise<Receipt | null> {
  const earlier = delivery.name && (await earlierDelivery(transaction, trigger.id, delivery.name));
  if (!earlier) return null;
  if (earlier.bodyHash === delivery.name?.bodyHash) {
    await logDelivery(transaction, delivery, { status: 200, reason: 'DUPLICATE', event: null });
    return receivedAs(trigger, earlier.event, earlier.created);
  }
  const refusal = new Refusal('CONFLICT', 'another body came under this name before');
  await logDelivery(transaction, delivery, { status: refusal.status, reason: 'OTHER_BODY', event: null });
  return { refusal };
}

type Signature = ReturnType<typeof verifySignature>;

/** Size, address, rate, signature: the first that says no. */
async function denialOf(
  transaction: Transaction,
  config: Json,
  delivery: Delivery,
  signature: Signature,
): Promise<Denial | null> {
  if (delivery.bytes > mostBytes(config)) {
    return { refusal: new Refusal('BAD_REQUEST', 'the body is larger than this webhook takes'), reason: 'SIZE' };
  }
  if (!isAddressAllowed(config, delivery.address)) {
    return { refusal: new Refusal('FORBIDDEN', 'this address may not call this webhook'), reason: 'ADDRESS' };
  }
  const rate = rateOf(config);
  if (rate !== null && (await recentDeliveries(transaction, delivery, rate.windowSeconds)) >= rate.requests) {
    const message = `at most ${rate.requests} calls in ${rate.windowSeconds} s`;
    const retryAfterSeconds = Math.ceil(rate.windowSeconds);
    return { refusal: new Refusal('TOO_MANY_REQUESTS', message), reason: 'RATE', retryAfterSeconds };
  }
  if (typeof signature === 'string') return null;
  return { refusal: new Refusal('UNAUTHORIZED', 'Invalid webhook signature'), reason: signature.refused };
}

const BYTES_PER_KB = 1_024;

function mostBytes(config: Json): number {
  const limit = isObject(config) ? config.payload_size_limit_kb : undefined;
  return typeof limit === 'number' ? limit * BYTES_PER_KB : Infinity;
}

function rateOf(config: Json): { readonly requests: number; readonly windowSeconds: number } | null {
  const rate = isObject(config) ? config.rate_limit : undefined;
  if (!isObject(rate) || rate.enabled !== true) return null;
  const { requests, window_seconds: windowSeconds } = rate;
  return typeof requests === 'number' && typeof windowSeconds === 'number' ? { requests, windowSeconds } : null;
}

/** Instants in here end in `+00:00`. */
function configOf(call: WebhookCall, delivery: Delivery, isVerified: boolean, nowMs: number): JsonObject {
  return {
    source: 'webhook',
    webhook_key: call.key,
    received_at: new Date(nowMs).toISOString().replace('Z', '+00:00'),
    ...(call.body.headers !== null && { headers: call.body.headers }),
    ...(delivery.address !== null && { source_ip: delivery.address }),
    ...(delivery.userAgent !== null && { user_agent: delivery.userAgent }),
    ...(isVerified && { hmac_verified: true }),
  };
}
