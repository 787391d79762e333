import type { IncomingHttpHeaders } from 'node:http';
import type { WebhookReceipt } from '../../contract/events';
import type { Json, JsonObject } from '../../contract/json';
import { containsAddress, parseAddressList } from '../base/http/address-list';
import { processEvent } from '../executor/events/process-event';
import { DomainError } from '../base/domain-error';
import { withUtcOffset, type Transaction } from '../store/database/connection';
import { openWebhookConfig } from '../store/secrets/webhook-secrets';
import type { TriggerRow } from '../store/events/triggers';
import { sha256Hex } from '../store/database/sha256';
import {
  fingerprintDelivery,
  findEarlierDelivery,
  findReplayedDelivery,
  type DeliveryFingerprint,
} from '../store/events/webhook-deliveries';
import {
  hashWebhookKey,
  insertDeliveryLog,
  countRecentDeliveries,
  type WebhookDelivery,
} from '../store/events/webhook-delivery-log';
import { readEnvelope, readRawPayload, type ReceivedBody, type WebhookBody } from './body';
import { enabledSection, keptHeaders, takesRawBody, webhookSetting } from './settings';
import { verifySignature, type SignatureResult } from './signature';
import { verifyScheme } from './verify-scheme';

/** One call of a webhook. */
export interface WebhookCall {
  readonly key: string;
  readonly received: ReceivedBody;
  readonly headers: IncomingHttpHeaders;
  /** Null: not known, or not an address. */
  readonly address: string | null;
}

/** What the caller receives. The call is in the delivery log in both cases. */
export type WebhookOutcome =
  | { readonly received: WebhookReceipt }
  | { readonly error: DomainError; readonly retryAfterSeconds?: number };

interface WebhookRejection {
  readonly error: DomainError;
  /** For the log only: the caller receives no more than the error says. */
  readonly reason: string;
  readonly retryAfterSeconds?: number;
}

/**
 * Handles one call of a trigger's webhook: the checks of its settings in the contract's order,
 * then the event and its enforcements. `nowMs` is the platform's clock, epoch ms. A rejection is
 * returned and not thrown: throwing would roll back its log entry. Throws for a body that is no
 * envelope where the webhook takes one.
 */
export async function receiveWebhook(
  transaction: Transaction,
  tenant: number,
  trigger: TriggerRow,
  call: WebhookCall,
  nowMs: number,
): Promise<WebhookOutcome> {
  const settings = openWebhookConfig(transaction, trigger);
  const envelope = takesRawBody(settings) ? null : readEnvelope(call.received);
  const { bytes } = call.received;
  const signature =
    verifyScheme(settings, call.headers, bytes, nowMs) ?? verifySignature(settings, call.headers, bytes, nowMs);
  const delivery = deliveryOf(trigger, call, settings, signature);
  const rejection = await findRejection(transaction, settings, delivery, signature);
  if (rejection !== null) return logRejection(transaction, delivery, rejection);
  const earlier = await findEarlierOutcome(transaction, trigger, delivery);
  if (earlier !== null) return earlier;
  const body = envelope ?? readRawBody(call, settings);
  if ('reason' in body) return logRejection(transaction, delivery, body);
  const event = await processEvent(transaction, tenant, {
    trigger,
    payload: body.payload,
    config: eventConfig(call, body, delivery, isVerified(signature), nowMs),
    source: null,
    sourceRef: 'webhook',
    rule: null,
    correlationId: null,
  });
  await insertDeliveryLog(transaction, delivery, { status: 200, reason: null, event: event.id });
  return received(trigger, event.id, event.created);
}

function deliveryOf(
  trigger: TriggerRow,
  call: WebhookCall,
  settings: Json,
  signature: SignatureResult,
): WebhookDelivery {
  const agent = call.headers['user-agent'];
  return {
    trigger: trigger.id,
    triggerRef: trigger.ref,
    keyHash: hashWebhookKey(call.key),
    address: call.address,
    userAgent: typeof agent === 'string' ? agent : null,
    bytes: call.received.bytes.length,
    fingerprint: readFingerprint(call, settings),
    signatureHash: typeof signature === 'object' && 'replayKey' in signature ? sha256Hex(signature.replayKey) : null,
  };
}

/** The document of a call that has passed all checks, or why there is none. */
function readRawBody({ received: body, headers }: WebhookCall, settings: Json): WebhookBody | WebhookRejection {
  try {
    return { payload: readRawPayload(body), headers: keptHeaders(settings, headers) };
  } catch (error) {
    if (error instanceof DomainError) return { error, reason: 'BODY' };
    throw error;
  }
}

async function logRejection(
  transaction: Transaction,
  delivery: WebhookDelivery,
  { reason, error, retryAfterSeconds }: WebhookRejection,
): Promise<WebhookOutcome> {
  await insertDeliveryLog(transaction, delivery, { status: error.status, reason, event: null });
  return retryAfterSeconds === undefined ? { error } : { error, retryAfterSeconds };
}

const isVerified = (signature: SignatureResult): boolean => signature !== 'not-required';

const received = ({ ref }: TriggerRow, event: number, createdAt: string): WebhookOutcome => ({
  received: { event_id: event, trigger_ref: ref, received_at: createdAt, message: 'Webhook received successfully' },
});

/**
 * Identifies a call: by `Idempotency-Key`, else by the header that the webhook's settings name.
 */
function readFingerprint({ headers, received: { bytes } }: WebhookCall, config: Json): DeliveryFingerprint | null {
  const header = webhookSetting(config, 'dedupe_header');
  const name = headers['idempotency-key'] ?? (typeof header === 'string' ? headers[header.toLowerCase()] : undefined);
  return typeof name === 'string' && name !== '' ? fingerprintDelivery(name, bytes) : null;
}

/**
 * A repeated call gets the response of the first; with another body it is rejected. A call whose
 * signed timestamp and body are those of an earlier one is the same, whatever its other headers
 * say. Null: it is the first.
 */
async function findEarlierOutcome(
  transaction: Transaction,
  trigger: TriggerRow,
  delivery: WebhookDelivery,
): Promise<WebhookOutcome | null> {
  const { signatureHash } = delivery;
  const replayed = signatureHash === null ? null : await findReplayedDelivery(transaction, trigger.id, signatureHash);
  if (replayed !== null) {
    await insertDeliveryLog(transaction, delivery, { status: 200, reason: 'DUPLICATE', event: null });
    return received(trigger, replayed.event, replayed.created);
  }
  const earlier = delivery.fingerprint && (await findEarlierDelivery(transaction, trigger.id, delivery.fingerprint));
  if (!earlier) return null;
  if (earlier.bodyHash === delivery.fingerprint?.bodyHash) {
    await insertDeliveryLog(transaction, delivery, { status: 200, reason: 'DUPLICATE', event: null });
    return received(trigger, earlier.event, earlier.created);
  }
  const error = new DomainError('CONFLICT', 'this idempotency key was used with another body');
  await insertDeliveryLog(transaction, delivery, { status: error.status, reason: 'OTHER_BODY', event: null });
  return { error };
}

/** The first check that fails: size, address, rate, signature. */
async function findRejection(
  transaction: Transaction,
  config: Json,
  delivery: WebhookDelivery,
  signature: SignatureResult,
): Promise<WebhookRejection | null> {
  if (delivery.bytes > maxPayloadBytes(config)) {
    return { error: new DomainError('BAD_REQUEST', 'the body is larger than this webhook takes'), reason: 'SIZE' };
  }
  if (!isAddressAllowed(config, delivery.address)) {
    return { error: new DomainError('FORBIDDEN', 'this address may not call this webhook'), reason: 'ADDRESS' };
  }
  const rate = readRateLimit(config);
  if (rate !== null && (await countRecentDeliveries(transaction, delivery, rate.windowSeconds)) >= rate.requests) {
    const message = `at most ${rate.requests} calls in ${rate.windowSeconds} s`;
    const retryAfterSeconds = Math.ceil(rate.windowSeconds);
    return { error: new DomainError('TOO_MANY_REQUESTS', message), reason: 'RATE', retryAfterSeconds };
  }
  if (typeof signature === 'string' || 'replayKey' in signature) return null;
  return { error: new DomainError('UNAUTHORIZED', 'Invalid webhook signature'), reason: signature.error };
}

const BYTES_PER_KB = 1_024;

function maxPayloadBytes(config: Json): number {
  const limit = webhookSetting(config, 'payload_size_limit_kb');
  return typeof limit === 'number' ? limit * BYTES_PER_KB : Infinity;
}

function readRateLimit(config: Json): { readonly requests: number; readonly windowSeconds: number } | null {
  const rate = enabledSection(config, 'rate_limit');
  if (rate === null) return null;
  const { requests, window_seconds: windowSeconds } = rate;
  return typeof requests === 'number' && typeof windowSeconds === 'number' ? { requests, windowSeconds } : null;
}

function eventConfig(
  call: WebhookCall,
  body: WebhookBody,
  delivery: WebhookDelivery,
  hasSignature: boolean,
  nowMs: number,
): JsonObject {
  return {
    source: 'webhook',
    webhook_key: call.key,
    received_at: withUtcOffset(new Date(nowMs).toISOString()),
    ...(body.headers !== null && { headers: body.headers }),
    ...(delivery.address !== null && { source_ip: delivery.address }),
    ...(delivery.userAgent !== null && { user_agent: delivery.userAgent }),
    ...(hasSignature && { hmac_verified: true }),
  };
}

/**
 * Whether the webhook's list allows an address. Without a list all are allowed; with one, only
 * addresses, and an entry that is neither an address nor a range allows none.
 */
function isAddressAllowed(config: Json, address: string | null): boolean {
  const allowList = enabledSection(config, 'ip_whitelist');
  if (allowList === null) return true;
  const ips = Array.isArray(allowList.ips) ? allowList.ips.filter((ip) => typeof ip === 'string') : [];
  return address !== null && containsAddress(parseAddressList(ips).list, address);
}
