import type { Faults } from '../../fault';

/** Pause and resume of executions. */
export const PAUSE_FAULTS: Faults = {
  F1110: {
    promise: 'a paused workflow starts no task',
    file: 'core/workflow/step.ts',
    within: 'step',
    find: 'isHeld(context.state)',
    replace: 'isHeld(context.state) && context.readyTasks.length > 1',
    claims: ['S3-24', 'T2.22a'],
  },
  F1112: {
    promise: 'a paused workflow has no lease',
    file: 'store/executions/paused-runs.ts',
    within: 'pauseRun',
    find: 'run.isPaused = true;',
    replace: 'run.isPaused = false;',
    claims: ['S3-24', 'T2.22d'],
  },
  F1123: {
    promise: 'the pause of an execution does not touch its worker',
    file: 'store/executions/paused-runs.ts',
    within: 'pauseRun',
    find: 'run.isPaused = true;',
    replace: `run.isPaused = true;
      await sql\`select cordon_worker(worker, true, 'paused', null) from execution
        where workflow_execution = \${run.id} and worker is not null\`.execute(transaction);`,
    claims: ['S1-34'],
  },
  F2264: {
    promise: 'the resume of a workflow resumes those below it',
    file: 'store/executions/paused-runs.ts',
    within: 'releaseChildren',
    find: 'for (const child of await lockSubWorkflows(transaction, run, true)) await resumeRun(transaction, child);',
    replace: '',
    claims: ['T2.22a'],
  },
  F2265: {
    promise: 'the limit of a workflow goes on while it is paused',
    file: 'store/executions/paused-runs.ts',
    within: 'endPauseToStop',
    find: 'run.timedOutAt === null',
    replace: 'run.timedOutAt !== null',
    claims: ['T2.22c'],
  },
  F2266: {
    promise: 'a workflow that is being cancelled cannot be paused',
    file: 'store/executions/pause-execution.ts',
    within: 'findPauseRequest',
    find: "status === 'canceling'",
    replace: 'false',
    claims: ['T2.22e'],
  },
  F2267: {
    promise: 'a pause that was resumed before it took hold has no effect',
    file: 'store/executions/paused-runs.ts',
    within: 'resumeRun',
    find: 'await setPauseRequested(transaction, id, false);',
    replace: "if (status === 'paused') await setPauseRequested(transaction, id, false);",
    claims: ['T2.22b'],
  },
  F2268: {
    promise: 'the clock does not wait for a workflow that is paused',
    file: 'store/functions/clock/work_in_flight.sql',
    within: 'work_in_flight',
    find: `'paused', 'completed', 'failed', 'cancelled', 'timeout', 'abandoned'`,
    replace: `'completed', 'failed', 'cancelled', 'timeout', 'abandoned'`,
    claims: ['T2.22a', 'T2.22d'],
  },
};
