import type { ClaimModel, EntryModel } from '../../../helpers/run-report/run-model';
import { attempt, claimOf, failure, node, runOf } from './runs';

const entry = (at: number, type: string, execution: number, payload = '{}'): EntryModel => {
  return { at, type, execution, worker: 3, payload };
};

/** Requests an execution that fails in its second attempt: its first worker was lost. */
export const tracedClaim = (more: Partial<ClaimModel> = {}): ClaimModel =>
  claimOf({
    result: 'failed',
    from: 1_000,
    to: 2_000,
    failure: failure({
      requests: [
        { at: 1_010.25, method: 'POST', path: '/api/v1/executions/execute', status: 201, ms: 5, execution: 41 },
        { at: 1_020, method: 'GET', path: '/api/v1/executions/41', status: 404, ms: 2 },
      ],
      executions: [
        {
          id: 41,
          lacks: [],
          reasons: [],
          nodes: [
            node(41, 0, 'demo.flow', {
              created: 1_012,
              started: 1_020,
              finished: 1_900,
              status: 'failed',
              error: 'a\nb',
            }),
            node(42, 1, 'step', { created: 1_030, started: null, finished: null, status: 'running', hasEnded: false }),
          ],
          entries: [
            entry(1_040, 'AGENT_INVOKED', 42, '{"attempt":1}'),
            entry(1_100, 'EXECUTION_RECOVERED', 42, '{"attempt":1}'),
            entry(1_200, 'AGENT_INVOKED', 42, '{"attempt":2}'),
            entry(1_300, 'AGENT_RESPONSE', 42, '{"status":"failed"}'),
          ],
        },
      ],
    }),
    ...more,
  });

/** With a claim that passed in its second attempt, and one that did not run. */
export const tracedRun = runOf([
  tracedClaim(),
  claimOf({ id: 'T2.8a', attempts: [attempt({ failure: null })] }),
  claimOf({ id: 'T2.8e', result: 'not proven', from: null, to: null, process: null }),
]);
