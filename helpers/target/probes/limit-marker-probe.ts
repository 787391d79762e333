import type { Execution } from '../../../contract/executions';
import { onlyChildOfTask } from '../../scenario/resources/child-executions';
import { timeoutMarker } from '../../scenario/resources/execution-limits';
import type { Task, WorkflowParts } from '../../scenario/resources/workflow-task';
import {
  describeEnd,
  endOf,
  ledgerInput,
  probeTask,
  requireThat,
  startExecution,
  startProbeWorkflow,
  type Probe,
  type ProbeContext,
} from './probe-context';

const LIMIT_SECONDS = 1;
/** A process without its limit ends after this time, ms. */
const UNLIMITED_SLEEP_MS = 3_000;
const CAPABILITIES = { 'executions.timeout': true } as const;

/** Limits of a request, an action, a task and a workflow end a run and mark its result. */
export const probeLimitMarkers: Probe = async (context) => {
  const limited = await Promise.all([
    runRequest(context),
    runAction(context),
    runTask(context),
    runWorkflow(context, 'marked-whole', {}, { timeout: LIMIT_SECONDS }),
  ]);
  const levels = ['request', 'action', 'task', 'workflow'];
  for (const [n, execution] of limited.entries()) {
    const { isTimedOut, level } = timeoutMarker(execution, CAPABILITIES);
    const isMarked = execution.status === 'failed' && isTimedOut && level === levels[n];
    requireThat(isMarked, `${describeEnd(execution)}, without the mark of its ${levels[n]!} limit`);
  }
};

/** The limit is part of the request. */
async function runRequest(context: ProbeContext): Promise<Execution> {
  const parameters = { ...ledgerInput(context, 'marked-request'), ms: UNLIMITED_SLEEP_MS };
  const options = { timeout_seconds: LIMIT_SECONDS };
  const { id } = await startExecution(context, `${context.actions}.sleep-for`, parameters, options);
  return endOfSleep(context, id);
}

/** The limit is part of the action. */
async function runAction(context: ProbeContext): Promise<Execution> {
  const { client, pack } = context;
  const { ref } = await client.actions.create({
    ref: `${pack}.marked-action`,
    pack_ref: pack,
    label: 'limited',
    runtime_ref: 'core.shell',
    entrypoint: `sleep ${UNLIMITED_SLEEP_MS / 1_000}`,
    timeout_seconds: LIMIT_SECONDS,
  });
  return endOfSleep(context, (await startExecution(context, ref, {})).id);
}

/** The limit is part of the task. */
async function runTask(context: ProbeContext): Promise<Execution> {
  const { client } = context;
  const { id } = await runWorkflow(context, 'marked-task', { timeout: LIMIT_SECONDS }, {});
  const child = onlyChildOfTask('marked-task', await client.executions.children(id));
  return client.executions.get(child.id);
}

/** Runs a workflow of one task that sleeps, with these limits, to its end. */
async function runWorkflow(
  context: ProbeContext,
  name: string,
  taskLimit: Partial<Task>,
  workflowLimit: WorkflowParts,
): Promise<Execution> {
  const task = probeTask(context, name, 'sleep-for', { ms: UNLIMITED_SLEEP_MS }, taskLimit);
  return endOfSleep(context, await startProbeWorkflow(context, name, [task], workflowLimit));
}

const endOfSleep = (context: ProbeContext, id: number): Promise<Execution> =>
  endOf(context, id, context.deadline(UNLIMITED_SLEEP_MS + 5_000));
