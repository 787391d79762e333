import type { Fault } from '../fault';

/** Webhooks: signatures, repeated calls, bodies and settings. */
export const WEBHOOK_FAULTS: readonly Fault[] = [
  {
    id: 'F2293',
    promise: 'a signed timestamp is at most 60 s ahead',
    file: 'webhooks/signature.ts',
    within: 'MAX_AHEAD_SECONDS',
    find: '60',
    replace: '90',
    claims: ['T2.19d'],
  },
  {
    id: 'F2295',
    promise: 'a call whose timestamp and body were received before is the same call',
    file: 'webhooks/receive-webhook.ts',
    within: 'findEarlierOutcome',
    find: 'replayed !== null',
    replace: 'replayed === undefined',
    claims: ['T2.19e'],
  },
  {
    id: 'F2296',
    promise: 'a key that is set through the API replaces that of the file alone',
    file: 'store/secrets/webhook-secrets.ts',
    within: 'mergeWebhookConfig',
    find: '{ ...defaults, ...config }',
    replace: '{ ...config }',
    claims: ['T2.19i'],
  },
  {
    id: 'F2297',
    promise: 'a raw body without a type is JSON',
    file: 'webhooks/form.ts',
    within: 'isJsonText',
    find: 'mediaType === null',
    replace: 'mediaType === ""',
    claims: ['T2.19f'],
  },
  {
    id: 'F2298',
    promise: 'a replay window belongs to the signature of Attune',
    file: 'core/webhook/check-settings.ts',
    within: 'settingsFaults',
    find: 'signature !== undefined && settings.replay_window_seconds !== undefined',
    replace: 'false',
    claims: ['T2.19g'],
  },
  {
    id: 'F2299',
    promise: 'a webhook that is enabled again has no settings',
    file: 'store/events/triggers.ts',
    within: 'enableWebhook',
    find: 'webhook_config: null',
    replace: 'webhook_config: undefined',
    claims: ['T2.19h'],
  },
];
