import type { Faults } from '../../fault';

/** Executions whose worker, platform or database is lost. */
export const RECOVERY_FAULTS: Faults = {
  F1234: {
    promise: 'an execution that loses its workers is started again up to a limit',
    file: 'executor/recovery/recover-execution.ts',
    within: 'reasonToAbandon',
    find: 'recoveries >= maxRecoveries',
    replace: 'recoveries > 1_000 * maxRecoveries',
    claims: ['S0-34'],
  },
  F1237: {
    promise: 'a step counts its own recoveries, and not those of the whole run',
    file: 'executor/recovery/recover-execution.ts',
    within: 'reasonToAbandon',
    find: 'lost.attempt - 1 - lost.uncounted',
    replace: `Number(
      (
        await transaction
          .selectFrom('execution_event')
          .where('root', '=', sql<number>\`(select root from execution where id = \${lost.id})\`)
          .where('type', '=', 'EXECUTION_RECOVERED')
          .select(({ fn }) => fn.countAll().as('count'))
          .executeTakeFirstOrThrow()
      ).count,
    )`,
    claims: ['S0-34'],
  },
  F1238: {
    promise: 'what a killed platform ran is started again by the next one',
    file: 'executor/recovery/recover-execution.ts',
    within: 'reasonToAbandon',
    find: `recovery === 'off'`,
    replace: `recovery === 'off' || lost.reason === 'crashed'`,
    claims: ['S0-33'],
  },
  F1239: {
    promise: 'a lease that expired while the database was away is renewed',
    file: 'store/functions/workers/record_worker_heartbeat.sql',
    find: 'fencing_token = any(fencing_tokens)',
    replace: 'fencing_token = any(fencing_tokens) and expires_at > liveness_now()',
    claims: ['S3-18'],
  },
  F1240: {
    promise: 'a request during an outage of the database is answered with its cause',
    file: 'api/http/database-errors.ts',
    within: 'translateDatabaseError',
    find: 'if (isLostConnection(error)) return databaseUnavailable();',
    replace: '',
    claims: ['S3-18'],
  },
};
