import type { Fault } from '../../fault';

/** Pause and resume of executions. */
export const PAUSE_FAULTS: readonly Fault[] = [
  {
    id: 'F1110',
    promise: 'a paused workflow starts no task',
    file: 'core/workflow/step.ts',
    within: 'step',
    find: 'isHeld(context.state)',
    replace: 'isHeld(context.state) && context.readyTasks.length > 1',
    claims: ['S3-24'],
  },
  {
    id: 'F1112',
    promise: 'a paused workflow has no lease',
    file: 'store/executions/paused-runs.ts',
    within: 'pauseRun',
    find: 'run.isPaused = true;',
    replace: 'run.isPaused = false;',
    claims: ['S3-24'],
  },
  {
    id: 'F1123',
    promise: 'the pause of an execution does not touch its worker',
    file: 'store/executions/paused-runs.ts',
    within: 'pauseRun',
    find: 'run.isPaused = true;',
    replace: `run.isPaused = true;
      await sql\`select cordon_worker(worker, true, 'paused', null) from execution
        where workflow_execution = \${run.id} and worker is not null\`.execute(transaction);`,
    claims: ['S1-34'],
  },
];
