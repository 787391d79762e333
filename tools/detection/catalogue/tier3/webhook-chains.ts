import type { Faults } from '../../fault';

/** Webhooks that actions call. */
export const WEBHOOK_CHAIN_FAULTS: Faults = {
  F1513: {
    promise: 'one call of a webhook is one event',
    file: 'webhooks/receive-webhook.ts',
    within: 'receiveWebhook',
    find: `await insertDeliveryLog(transaction, delivery, { status: 200, reason: null, event: event.id });`,
    replace: `await processEvent(transaction, tenant, {
      trigger, payload: body.payload, config: null, source: null, sourceRef: 'webhook', rule: null, correlationId: null,
    });
    await insertDeliveryLog(transaction, delivery, { status: 200, reason: null, event: event.id });`,
    claims: ['T3.8a', 'T3.8b', 'T3.8e', 'T3.8f'],
  },
  F1515: {
    promise: 'each run of a workflow has its own parameters',
    file: 'core/workflow/scope.ts',
    within: 'createScope',
    find: 'parameters: () => state.parameters',
    replace: 'parameters: () => ((globalThis as { first?: JsonObject }).first ??= state.parameters)',
    claims: ['T3.8c'],
  },
};
