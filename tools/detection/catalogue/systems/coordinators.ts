import type { Faults } from '../../fault';

/** Platforms on one database, of which one coordinates each run. */
export const COORDINATOR_FAULTS: Faults = {
  F1322: {
    promise: 'a worker stops the attempt whose lease another worker has taken',
    file: 'worker/heartbeat.ts',
    within: 'startHeartbeat',
    find: 'relinquish(token);',
    replace: 'log.debug({ token });',
    claims: ['S3-14'],
  },
  F1248: {
    promise: 'a run that a live platform coordinates is left to it',
    file: 'store/executions/workflow-runs.ts',
    within: 'lockWorkflowRun',
    find: 'run.is_leased && run.coordinator !== executor',
    replace: 'run.is_leased && run.coordinator === null',
    claims: ['S3-11'],
  },
};
