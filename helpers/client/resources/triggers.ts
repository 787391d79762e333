import { DeleteResult } from '../../../contract/envelopes';
import { RuleSummary } from '../../../contract/rules';
import { SensorSummary } from '../../../contract/sensors';
import { Trigger, TriggerSummary, type CreateTrigger, type UpdateTrigger } from '../../../contract/triggers';
import type { WebhookSecurity } from '../../../contract/webhook-security';
import { verb } from '../operation';
import type { Request } from '../request';

/** Triggers: kinds of events. */
export const triggers = (request: Request) => ({
  /** Every trigger, by ref. */
  list: verb(['GET /triggers', 'list_triggers'], (call) => request.all(TriggerSummary, call())),

  enabled: verb('GET /triggers/enabled', (call) => request.all(TriggerSummary, call())),

  /** 404 NOT_FOUND. */
  get: verb(['GET /triggers/{ref}', 'get_trigger', 'get_trigger_by_ref'], (call, ref: string) =>
    request.one(Trigger, call({ ref })),
  ),

  /** 404 for its pack, 409 CONFLICT, 422. */
  create: verb(['POST /triggers', 'create_trigger'], (call, body: CreateTrigger) =>
    request.one(Trigger, call({ body })),
  ),

  update: verb('PUT /triggers/{ref}', (call, ref: string, body: UpdateTrigger) =>
    request.one(Trigger, call({ ref, body })),
  ),

  /** Its rules and events keep the ref. 404 NOT_FOUND. */
  remove: verb(['DELETE /triggers/{ref}', 'delete_trigger'], (call, ref: string) =>
    request.body(DeleteResult, call({ ref })),
  ),

  enable: verb('POST /triggers/{ref}/enable', (call, ref: string) => request.one(Trigger, call({ ref }))),

  /** Accepts no more events: its webhook responds 404. */
  disable: verb('POST /triggers/{ref}/disable', (call, ref: string) => request.one(Trigger, call({ ref }))),

  /** The response contains `webhook_key`; an existing key is kept. */
  enableWebhook: verb(['POST /triggers/{ref}/webhooks/enable', 'enable_webhook'], (call, ref: string) =>
    request.one(Trigger, call({ ref })),
  ),

  /** The key becomes invalid. */
  disableWebhook: verb(['POST /triggers/{ref}/webhooks/disable', 'disable_webhook'], (call, ref: string) =>
    request.one(Trigger, call({ ref })),
  ),

  /** Replaces the key. 400 BAD_REQUEST unless the webhook is enabled. */
  regenerateWebhook: verb('POST /triggers/{ref}/webhooks/regenerate', (call, ref: string) =>
    request.one(Trigger, call({ ref })),
  ),

  /** Replaces all security settings of the webhook. 400 unless it is enabled. */
  secureWebhook: verb('PUT /triggers/{ref}/webhooks/security', (call, ref: string, body: WebhookSecurity) =>
    request.one(Trigger, call({ ref, body })),
  ),

  /** Sensors that emit it, by ref. */
  sensors: verb('GET /triggers/{ref}/sensors', (call, ref: string) => request.all(SensorSummary, call({ ref }))),

  /** Rules on this trigger, by ref. */
  rules: verb('GET /triggers/{ref}/rules', (call, ref: string) => request.all(RuleSummary, call({ ref }))),
});
