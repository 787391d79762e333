import type { Faults } from '../../fault';

/** External workers whose agents get their executions sent. */
export const PUSH_DELIVERY_FAULTS: Faults = {
  F1432: {
    promise: 'nothing is sent to a paused worker',
    file: 'store/functions/executions/claim_push_deliveries.sql',
    find: `w.state in ('online', 'offline')`,
    replace: `w.state in ('online', 'offline', 'paused')`,
    claims: ['S1-47'],
  },
  F2993: {
    promise: 'the beginning of a long refusal is shown',
    file: 'workers/external/push-request.ts',
    within: 'readStart',
    find: 'MAX_READ_BYTES',
    replace: '2_000',
    claims: ['S1-47'],
  },
  F2994: {
    promise: 'of a refusal no more than its beginning is shown',
    file: 'workers/external/deliver.ts',
    within: 'shownBody',
    find: 'Buffer.concat(masked).subarray(0, MAX_SHOWN_BYTES)',
    replace: 'Buffer.concat(masked)',
    claims: ['S1-47'],
  },
  F1437: {
    promise: 'an agent that is busy gets its execution later',
    file: 'core/worker/push-delivery.ts',
    within: 'nextDeliveryStep',
    find: 'response.status !== TOO_MANY_REQUESTS && response.status < 500',
    replace: 'response.status !== TOO_MANY_REQUESTS',
    claims: ['S1-48'],
  },
  F1440: {
    promise: 'an accepted delivery counts as a heartbeat',
    file: 'workers/external/deliver.ts',
    within: 'accept',
    find: 'await db.inTenant(tenant, (transaction) => renewHeartbeat(transaction, worker, [], leaseMs));',
    replace: '',
    claims: ['S1-48'],
  },
  F1441: {
    promise: 'an execution without an answer is sent again after its lease',
    file: 'store/functions/executions/claim_push_deliveries.sql',
    find: `r.lease_ms * interval '1 ms'`,
    replace: `r.lease_ms * interval '1 hour'`,
    claims: ['S1-49'],
  },
  F1442: {
    promise: 'an agent is registered only with an address that may be reached',
    file: 'api/workers/agent-routes.ts',
    within: 'register',
    find: `if (mode === 'push' && url !== null) await requireReachable(guard, url);`,
    replace: '',
    claims: ['S1-50'],
  },
};
