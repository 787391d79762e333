import { Deleted } from '../../contract/envelopes';
import { RuleSummary } from '../../contract/rules';
import { Trigger, TriggerSummary, type CreateTrigger, type UpdateTrigger } from '../../contract/triggers';
import type { WebhookSecurity } from '../../contract/webhooks';
import type { Request } from './request';

const at = (ref: string, verb = '') => `/triggers/${encodeURIComponent(ref)}${verb}`;

/** Triggers: kinds of events. */
export const triggers = (request: Request) => {
  const post = (ref: string, verb: string) => request.one(Trigger, { method: 'POST', path: at(ref, verb) });
  return {
    /** Every trigger, by ref. */
    list: () => request.all(TriggerSummary, { method: 'GET', path: '/triggers' }),

    /** 404 NOT_FOUND. */
    get: (ref: string) => request.one(Trigger, { method: 'GET', path: at(ref) }),

    /** 404 for its pack, 409 CONFLICT, 422. */
    create: (body: CreateTrigger) => request.one(Trigger, { method: 'POST', path: '/triggers', body }),

    update: (ref: string, body: UpdateTrigger) => request.one(Trigger, { method: 'PUT', path: at(ref), body }),

    /** Its rules and events keep the ref. 404 NOT_FOUND. */
    remove: (ref: string) => request.bare(Deleted, { method: 'DELETE', path: at(ref) }),

    enable: (ref: string) => post(ref, '/enable'),

    /** Takes nothing in any more: its webhook is 404. */
    disable: (ref: string) => post(ref, '/disable'),

    /** Answers with `webhook_key`, the one it had if there was one. */
    enableWebhook: (ref: string) => post(ref, '/webhooks/enable'),

    /** The key dies. */
    disableWebhook: (ref: string) => post(ref, '/webhooks/disable'),

    /** Another key; the old one dies. 400 BAD_REQUEST while the webhook is not enabled. */
    regenerateWebhook: (ref: string) => post(ref, '/webhooks/regenerate'),

    /** What the webhook asks of its callers, all of it at once. 400 while it is not enabled. */
    secureWebhook: (ref: string, body: WebhookSecurity) =>
      request.one(Trigger, { method: 'PUT', path: at(ref, '/webhooks/security'), body }),

    /** Rules on this trigger, by ref. */
    rules: (ref: string) => request.all(RuleSummary, { method: 'GET', path: at(ref, '/rules') }),
  };
};
