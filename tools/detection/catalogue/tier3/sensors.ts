import type { Faults } from '../../fault';

/** Sensors of packs. */
export const SENSOR_FAULTS: Faults = {
  F1510: {
    promise: 'the event of a sensor names the sensor',
    file: 'api/events/create-event.ts',
    within: 'eventSource',
    find: 'return { source: sensor?.id ?? null, sourceRef: login, correlationId: null };',
    replace: `return { source: sensor?.id ?? null, sourceRef: 'sensor', correlationId: null };`,
    claims: ['T3.6a'],
  },
  F1511: {
    promise: 'a sensor ends once no enabled rule needs it',
    file: 'worker/sensors/reconcile.ts',
    within: 'stopReason',
    find: `if (!desired) return 'not-needed';`,
    replace: 'if (!desired) return null;',
    claims: ['T3.6b'],
  },
  F1872: {
    promise: 'a sensor runs again once a rule that needs it is enabled again',
    file: 'store/functions/events/sensor_plan.sql',
    find: 'where r.tenant = s.tenant and r.enabled and r.trigger_ref = any(s.trigger_refs)',
    replace: `where r.tenant = s.tenant and r.enabled and r.trigger_ref = any(s.trigger_refs)
      and r.updated < r.created + interval '100 ms'`,
    claims: ['T3.6d'],
  },
  F1512: {
    promise: 'a sensor that ended is started again after its first pause, not before',
    file: 'worker/sensors/restart-policy.ts',
    within: 'decideRestart',
    find: 'pauseMs: backoffMs({ firstMs: baseMs, maxMs: MAX_PAUSE_MS }, failures)',
    replace: 'pauseMs: 0',
    claims: ['T3.6c'],
  },
};
