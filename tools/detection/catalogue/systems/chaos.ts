import type { Faults } from '../../fault';

/** Two platforms on one database, of which processes are killed and stopped under load. */
export const CHAOS_FAULTS: Faults = {
  F1330: {
    promise: 'a workflow whose executor has ended is coordinated by another one',
    file: 'store/executions/workflow-runs.ts',
    within: 'lockWorkflowRun',
    find: 'run.is_leased && run.coordinator !== executor',
    replace: 'run.coordinator !== null && run.coordinator !== executor',
    claims: ['S3-25'],
  },
  F1331: {
    promise: 'an attempt whose worker is lost is started again',
    file: 'executor/recovery/recover-execution.ts',
    within: 'RECOVERABLE',
    find: `['scheduled', 'running', 'suspended', 'canceling']`,
    replace: `['scheduled', 'suspended', 'canceling']`,
    claims: ['S3-25'],
  },
  F1334: {
    promise: 'a worker that has been stopped leaves no files',
    file: 'start/supervisor.ts',
    within: 'keepAlive',
    find: 'return endLeftovers(worker, options.log);',
    replace: 'return;',
    claims: ['S3-25'],
  },
};
