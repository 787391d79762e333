import { Type } from '@sinclair/typebox';
import { dataEnvelope } from '../../../contract/envelopes';
import { ExecutionNode, TaskWaits } from '../../../contract/executions';
import { Id } from '../../../contract/json';
import { Waiting } from '../../../contract/waiting';
import { explainWaiting, waitingPhrase } from '../../core/waiting/reasons';
import { loadWaitingTree } from '../../executor/dispatch/load-waiting-tree';
import { loadExecutionTree } from '../../store/executions/tree';
import { shownStatus } from '../../store/lifecycle/execution-rows';
import type { Api, ApiContext } from '../http/context';
import { route } from '../http/route';
import { staleSecondsOf } from '../workers/on-worker';
import { onExecution, readableAmong } from './on-execution';

const PATH = '/api/v1/executions/:id';
const tags = ['executions'];
const params = Type.Object({ id: Id });

/**
 * The tree of an execution, and why it waits: both from the same rows. Attune's web client asks
 * for the task waits every few seconds while a workflow runs.
 */
export function waitingRoutes(api: Api, context: ApiContext): void {
  const staleMs = staleSecondsOf(context) * 1_000;

  route(api, {
    method: 'GET',
    path: `${PATH}/tree`,
    extension: 'executions.log',
    grant: 'executions:read',
    schema: { tags, params, response: { 200: dataEnvelope(ExecutionNode) } },
    ...onExecution,
    handle: async ({ transaction, caller, rights, loaded: { id } }) => ({
      data: await loadExecutionTree(transaction, id, {
        loadWaits: async () => {
          const { tree } = await loadWaitingTree(transaction, id, staleMs);
          return (each) => waitingPhrase(tree, each);
        },
        findReadable: readableAmong(transaction, caller, await rights()),
      }),
    }),
  });

  route(api, {
    method: 'GET',
    path: `${PATH}/waiting`,
    extension: 'executions.waiting',
    grant: 'executions:read',
    schema: { tags, params, response: { 200: dataEnvelope(Waiting) } },
    ...onExecution,
    handle: async ({ transaction, loaded: { id } }) => {
      const { tree, status, since } = await loadWaitingTree(transaction, id, staleMs);
      const shown = shownStatus(transaction, { status });
      return { data: { execution: id, status: shown, since, ...explainWaiting(tree, id) } };
    },
  });

  route(api, {
    method: 'GET',
    path: `${PATH}/workflow-task-waits`,
    extension: 'executions.task_waits',
    grant: 'executions:read',
    schema: { tags, params, response: { 200: dataEnvelope(TaskWaits) } },
    ...onExecution,
    handle: () => Promise.resolve({ data: [] }),
  });
}
