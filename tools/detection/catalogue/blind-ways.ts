import type { Fault } from '../fault';

/** One way, place or owner of several, where the claims had looked at the others. */
export const BLIND_WAY_FAULTS: readonly Fault[] = [
  {
    id: 'F3334',
    promise: 'a key that is used again after a day has the body of its new request',
    file: 'store/executions/idempotent-requests.ts',
    within: 'runOnce',
    find: 'do update set body_hash = excluded.body_hash, answer = null',
    replace: 'do update set answer = null',
    claims: ['T2.17k'],
  },
  {
    id: 'F3335',
    promise: 'a page that is named by its offset states its number, and whether one follows',
    file: 'api/http/paging.ts',
    within: 'pageAtOffset',
    find: 'Math.floor(offset / size) + 1',
    replace: 'Math.ceil(offset / size)',
    claims: ['T3.32b'],
  },
  {
    id: 'F3336',
    promise: 'an item of a queue that is sent back as it was shown keeps its secret',
    file: 'api/queues/queue-items.ts',
    within: 'changeRoutes',
    find: 'restoreValue(body.payload, item.payload)',
    replace: 'body.payload',
    claims: ['T3.35g'],
  },
  {
    id: 'F3337',
    promise: 'the configuration of a pack that is sent back as it was shown keeps its secret',
    file: 'api/http/stored-schemas.ts',
    within: 'withStoredConfig',
    find: 'restoreSecrets(given, stored.config).document',
    replace: 'given',
    claims: ['T3.35g'],
  },
  {
    id: 'F3338',
    promise: 'a sensor starts again when a request changes its entry point',
    file: 'worker/sensors/desired-sensor.ts',
    within: 'sensorFingerprint',
    find: '[storage, entrypoint, runtime_ref, runtime_version_constraint, generation]',
    replace: '[storage, runtime_ref, runtime_version_constraint, generation]',
    claims: ['T3.42b'],
  },
];
