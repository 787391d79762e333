import type { Fault } from '../../fault';

/** What a lost worker had. */
export const LOST_WORKER_FAULTS: readonly Fault[] = [
  {
    id: 'F1504',
    promise: 'an execution whose worker is lost is not shown as failed by itself',
    file: 'executor/recovery/recover-execution.ts',
    within: 'abandon',
    find: `'abandoned'`,
    replace: `'failed'`,
    claims: ['T3.12a', 'T3.12c'],
  },
  {
    id: 'F1874',
    promise: 'the late answer to an execution that was lost is not stored',
    file: 'store/executions/attempts.ts',
    within: 'endUnderLease',
    find: 'status = any(${statusesBefore(to)}::text[]) and exists (select from held)',
    replace: `(status = 'abandoned' or status = any(\${statusesBefore(to)}::text[]) and exists (select from held))`,
    claims: ['T3.12d'],
  },
  {
    id: 'F1878',
    promise: 'what a lost worker ran is run again where recovery is on',
    file: 'executor/recovery/recover-execution.ts',
    within: 'reasonToAbandon',
    find: `if (recovery === 'off') return recoveryOff(counted);`,
    replace: 'return recoveryOff(counted);',
    claims: ['T3.12e'],
  },
  {
    id: 'F3230',
    promise: 'what must not be repeated is abandoned with its worker',
    file: 'executor/recovery/recover-execution.ts',
    within: 'reasonToAbandon',
    find: `if ((await loadWorkerLossPolicy(transaction, lost.id)) === 'abandon') return notRepeated(counted);`,
    replace: '',
    claims: ['T3.12g'],
  },
  {
    id: 'F3231',
    promise: 'an update of an action says whether its programs are repeated',
    file: 'store/packs/actions.ts',
    within: 'toColumns',
    find: 'on_worker_loss: input.on_worker_loss',
    replace: '...{}',
    claims: ['T3.12g'],
  },
  {
    id: 'F3232',
    promise: 'the file of an action says whether its programs are repeated',
    file: 'packs/save/components.ts',
    within: 'executionColumns',
    find: 'on_worker_loss: file.onWorkerLoss',
    replace: '...{}',
    claims: ['T3.27c'],
  },
  {
    id: 'F1506',
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
  {
    id: 'F1642',
    promise: 'the loss of a worker is noticed',
    file: 'store/functions/executions/lost_executions.sql',
    find: 'where l.expires_at < liveness_now()',
    replace: 'where false',
    claims: ['T3.12a'],
  },
];
