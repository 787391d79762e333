import { existsSync, readFileSync, rmSync } from 'node:fs';
import type { Execute, ExecutionFilter } from '../../../../contract/executions';
import { createClient } from '../../../../helpers/client/client';
import { formatInstant, parseInstant } from '../../../../helpers/instant';
import type { TimeContext } from '../../../../helpers/scenario/claim';
import { executionsToBe, executionsToExist } from '../../../../helpers/scenario/conditions/event-conditions';
import { executionToEnd, predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { waitForStatus } from '../../../../helpers/scenario/resources/ended-executions';
import { pinToOneWorker } from '../../../../helpers/scenario/resources/execution-limits';
import { REPLACED, REQUESTED_SETS, ROOTS } from './ways';
import { connectionOf, createObjects, createTimer, LIMITS, parametersOf, PAUSE_SECONDS, type Objects } from './objects';

/** Names of variables that the platform alone gives a process. */
const OF_THE_PLATFORM = [
  ...['ATTUNE_EXEC_ID', 'ATTUNE_ACTION', 'ATTUNE_PACK_REF', 'ATTUNE_API_URL', 'ATTUNE_API_TOKEN'],
  ...['ATTUNE_ARTIFACTS_DIR', 'ATTUNE_RUNTIME_ENVS_DIR', 'ATTUNE_PARAMETER_DELIVERY', 'ATTUNE_PARAMETER_FORMAT'],
  ...['ATTUNE_PARAMETER_FILE', 'ATTUNE_RULE', 'ATTUNE_TRIGGER'],
  ...[
    'ATTUNE_CONTEXT_WAY',
    'ATTUNE_CONTEXT_OTHER',
    'ATTUNE_CONTEXT_',
    'PLATFORM_ATTEMPT',
    'PLATFORM_INSTANCE',
    'PLATFORM_WORKER',
    'PLATFORM_MARK',
  ],
];

/** What a request names besides its action. The names of the platform have no effect. */
export const REQUESTED = {
  env_vars: { E2E_TEXT: 'two words', ...Object.fromEntries(OF_THE_PLATFORM.map((name) => [name, 'of the request'])) },
  permission_set_refs: REQUESTED_SETS,
  timeout_seconds: LIMITS.request,
  artifact_retention_policy: 'days',
  artifact_retention_limit: 3,
} satisfies Omit<Execute, 'action_ref'>;

/** Where only an execution of a request, and its reruns, run. */
export const PLACED = {
  worker_tolerations: [{ key: 'e2e', operator: 'exists' }],
  worker_affinity: { node_affinity: {} },
} satisfies Omit<Execute, 'action_ref'>;

/** Everything that has been executed, and what its records are compared with. */
export type Executed = Awaited<ReturnType<typeof executeInAllWays>>;

/** All that the witness and the workflows that pass it on may be given. */
const allParameters = ({ nonce }: TimeContext, pack: string, given: string, secret = 'secret') => ({
  ...parametersOf(given),
  secret: `${nonce}-${secret}`,
  connected: connectionOf(pack),
});

const requestOf = (ctx: TimeContext, pack: string, action_ref: string, given: string): Execute => ({
  action_ref,
  ...pinToOneWorker(ctx.facts.capabilities),
  parameters: allParameters(ctx, pack, given),
  ...REQUESTED,
  ...PLACED,
});

/** What runs again, once it has ended. */
async function endedRuns(ctx: TimeContext, { pack }: Objects, flow: number) {
  await waitForStatus(ctx, flow);
  const ended = async (filter: ExecutionFilter): Promise<number> => {
    const [row] = await until(executionsToBe('completed', 1, ctx.client, filter), ctx.deadline);
    return row!.id;
  };
  const ofWebhook = await ended({ rule_ref: `${pack}.flow-rule`, top_level_only: true });
  return { flow, ofWebhook, nested: await ended({ action_ref: `${pack}.inner`, parent: flow }) };
}

type EndedRuns = Awaited<ReturnType<typeof endedRuns>>;

/** By another identity, with other parameters, and of a sub-workflow. */
async function requestReruns(ctx: TimeContext, { user, pack }: Objects, { flow, ofWebhook, nested }: EndedRuns) {
  await ctx.client.executions.rerun(flow, { from: 'each' });
  const parameters = allParameters(ctx, pack, REPLACED, REPLACED);
  await user.client.executions.rerun(ofWebhook, { from: 'flaky', parameters });
  await user.client.executions.rerun(nested, { from: 'inner' });
}

/**
 * Requests, runs again, creates an event and adds an item to the queue with the token of a running
 * execution.
 */
async function requestByToken(ctx: TimeContext, objects: Objects, { flow }: EndedRuns) {
  const { user, holder, witness, trigger, queue } = objects;
  const path = `${ctx.ledger.path}.token`;
  const sets = { permission_set_refs: ['core.editor', 'core.executor'] };
  const { id } = await user.client.executions.execute({ action_ref: holder, parameters: { path }, ...sets });
  await until(
    predicateToHold('the token', () => existsSync(path)),
    ctx.deadline,
  );
  const { executions, events, queues } = createClient({ baseUrl: ctx.facts.url, token: readFileSync(path, 'utf8') });
  await executions.execute({ action_ref: witness, parameters: parametersOf('by token') });
  await executions.rerun(flow, { from: 'quick' });
  const event = await events.create({ trigger_ref: trigger, payload: { given: 'event', rule: 'rule' } });
  const item = await queues.enqueue(queue, { payload: { given: 'queue by token' } });
  rmSync(path);
  await waitForStatus(ctx, id);
  return { path, event: event.id, item: item.id };
}

/** Pauses the workflow once its task waits for its retry, and resumes it at once. */
async function pauseAndResume(ctx: TimeContext, { pack, user }: Objects): Promise<void> {
  const { executions } = user.client;
  const { id } = await executions.execute({ action_ref: `${pack}.paused` });
  await until(executionsToExist(2, ctx.client, { parent: id }), ctx.deadline);
  await executions.pause(id);
  await waitForStatus(ctx, id, 'paused');
  await executions.resume(id);
}

/** Posts an event for each rule of the trigger. Returns their ids by the names of their roots. */
async function postEvents({ client }: TimeContext, { webhook }: Objects) {
  const post = async (given: string, rule: string) => (await client.webhooks.post(webhook, { given, rule })).event_id;
  return {
    webhook: await post('webhook', 'rule'),
    'webhook flow': await post('webhook flow', 'flow'),
    rejected: await post('rejected', 'rejected'),
    moved: await post('moved', 'moved'),
  };
}

/** Executes the witness in every way, and waits for all ends. */
export async function executeInAllWays(ctx: TimeContext) {
  const { client, nonce } = ctx;
  const objects = await createObjects(ctx);
  const { pack, user, witness, queue } = objects;
  const began = await ctx.time.now();
  const fireAt = formatInstant(parseInstant(began) + PAUSE_SECONDS * 1_000);
  const timer = await createTimer(ctx, objects, fireAt);

  await user.client.executions.execute(requestOf(ctx, pack, witness, 'request'));
  const flow = await user.client.executions.execute(requestOf(ctx, pack, `${pack}.flow`, 'flow'));
  await user.client.executions.execute({ action_ref: 'core.noop', parameters: { message: 'noop' } });
  const posted = await postEvents(ctx, objects);
  const item = await client.queues.enqueue(queue, { payload: { given: 'queue' } });
  const runs = await endedRuns(ctx, objects, flow.id);
  await requestReruns(ctx, objects, runs);
  const byToken = await requestByToken(ctx, objects, runs);
  await pauseAndResume(ctx, objects);
  await ctx.time.pass(PAUSE_SECONDS);
  const rows = await until(executionsToExist(ROOTS.length, client, { top_level_only: true }), ctx.deadline);
  for (const { id } of rows) await until(executionToEnd(client, id), ctx.deadline);

  const [{ id: ofTimer } = { id: 0 }] = await client.events.list({ rule_ref: timer.ref });
  const events: Record<string, number> = { ...posted, event: byToken.event, timer: ofTimer };
  const items = [item.id, byToken.item] as const;
  const { worker_selector: selector } = pinToOneWorker(ctx.facts.capabilities);
  return {
    ...objects,
    selector,
    nonce,
    path: byToken.path,
    items,
    events,
    instants: [began, await ctx.time.now()] as const,
  };
}
