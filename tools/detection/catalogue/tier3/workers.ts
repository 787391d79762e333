import type { Faults } from '../../fault';

/** What a lost worker had. */
export const LOST_WORKER_FAULTS: Faults = {
  F1504: {
    promise: 'an execution whose worker is lost is not shown as failed by itself',
    file: 'executor/recovery/recover-execution.ts',
    within: 'abandon',
    find: `'abandoned'`,
    replace: `'failed'`,
    claims: ['T3.12a', 'T3.12c'],
  },
  F1874: {
    promise: 'the late answer to an execution that was lost is not stored',
    file: 'store/executions/attempts.ts',
    within: 'endUnderLease',
    find: 'status = any(${statusesBefore(to)}::text[]) and exists (select from held)',
    replace: `(status = 'abandoned' or status = any(\${statusesBefore(to)}::text[]) and exists (select from held))`,
    claims: ['T3.12d'],
  },
  F1878: {
    promise: 'what a lost worker ran is run again where recovery is on',
    file: 'executor/recovery/recover-execution.ts',
    within: 'reasonToAbandon',
    find: `if (recovery === 'off') return recoveryOff(counted);`,
    replace: 'return recoveryOff(counted);',
    claims: ['T3.12e'],
  },
  F3230: {
    promise: 'what must not be repeated is abandoned with its worker',
    file: 'executor/recovery/recover-execution.ts',
    within: 'reasonToAbandon',
    find: `if ((await loadWorkerLossPolicy(transaction, lost.id)) === 'abandon') return notRepeated(counted);`,
    replace: '',
    claims: ['T3.12g'],
  },
  F3231: {
    promise: 'an update of an action says whether its programs are repeated',
    file: 'store/packs/actions.ts',
    within: 'toColumns',
    find: 'on_worker_loss: input.on_worker_loss',
    replace: '...{}',
    claims: ['T3.12g'],
  },
  F3232: {
    promise: 'the file of an action says whether its programs are repeated',
    file: 'packs/save/components.ts',
    within: 'executionColumns',
    find: 'on_worker_loss: file.onWorkerLoss',
    replace: '...{}',
    claims: ['T3.27c'],
  },
  F1506: {
    promise: 'what waits for a worker that is lost is assigned to another one',
    file: 'executor/recovery/recover-execution.ts',
    within: 'recoverExecution',
    find: `if (reason === null) await requestAgain(transaction, tenant, lost);
  else await abandon(transaction, tenant, lost, reason);`,
    replace: `if (lost.status === 'scheduled') await transition(transaction, lost.id, 'failed', { result: { error: 'lost' } });
  else if (reason === null) await requestAgain(transaction, tenant, lost);
  else await abandon(transaction, tenant, lost, reason);`,
    claims: ['T3.12b'],
  },
  F1642: {
    promise: 'the loss of a worker is noticed',
    file: 'store/functions/executions/lost_executions.sql',
    find: 'where l.expires_at < liveness_now()',
    replace: 'where false',
    claims: ['T3.12a'],
  },
  F3425: {
    promise: 'a platform that starts alone ends the executors of others',
    file: 'store/workers/executors.ts',
    within: 'endOtherPlatforms',
    find: "'update executor set expires_at = liveness_now() where instance <> $1 and expires_at > liveness_now()'",
    replace: "'update executor set expires_at = liveness_now() where instance = $1 and expires_at > liveness_now()'",
    claims: ['T3.12h'],
  },
  F3426: {
    promise: 'a platform that starts knows whether it is alone',
    file: 'store/database/stack/stack-membership.ts',
    within: 'Member.isAlone',
    find: '(await platformsOn(connection)).platforms.length === 0',
    replace: '(await platformsOn(connection)).platforms.length > 0',
    claims: ['T3.12h'],
  },
  F3427: {
    promise: 'a worker gets no more work once its platform has ended',
    file: 'store/functions/workers/workers_of_ended_platforms.sql',
    find: "where w.status = 'active' and w.tenant is null",
    replace: "where w.status = 'active' and w.tenant is not null",
    claims: ['T3.12h', 'T3.12i'],
  },
  F3428: {
    promise: 'workers of a platform that ended are marked beside one that runs',
    file: 'executor/recovery/recover-lost.ts',
    within: 'createRecovery',
    find: 'ended ?? []',
    replace: '[]',
    claims: ['T3.12i'],
  },
};
