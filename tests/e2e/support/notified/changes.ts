import type { Execution } from '../../../../contract/executions';
import type { TimeContext } from '../../../../helpers/scenario/claim';
import { eventDecisionsToBe, executionsToBe } from '../../../../helpers/scenario/conditions/event-conditions';
import { executionToBe } from '../../../../helpers/scenario/conditions/execution-conditions';
import { inquiryToBe } from '../../../../helpers/scenario/conditions/inquiry-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { startWorkflow } from '../../../../helpers/scenario/resources/workflow-runs';
import type { WebhookRule } from '../../../../helpers/scenario/resources/webhook-rule';
import { announced, type Announced } from './payloads';
import type { Limited } from './subscribers';

/** The statuses of an action that the platform runs itself, and of a workflow. */
const OF_ACTION = ['requested', 'scheduled', 'running', 'completed'];
const OF_WORKFLOW = ['requested', 'running', 'completed'];

const UNSTARTED = ['requested', 'scheduled'];

/** What the task of an execution shows at a status; null: it is of no task. */
function taskAt({ workflow_task: task }: Execution, status: string): object | null {
  if (!task) return null;
  const isStarted = !UNSTARTED.includes(status);
  const isEnded = status === 'completed';
  return {
    ...Object.fromEntries(Object.entries(task).filter(([name]) => name !== 'round')),
    started_at: isStarted ? task.started_at : null,
    completed_at: isEnded ? task.completed_at : null,
    duration_ms: isEnded ? task.duration_ms : null,
  };
}

interface Origin {
  /** Of the rule that started it. */
  readonly refs?: { readonly rule_ref: string; readonly trigger_ref: string };
  /** The workflow that it runs. */
  readonly workflow?: number;
}

/** Creation and changes of status of an execution that has ended. */
function ofExecution(row: Execution, statuses: readonly string[], { refs, workflow }: Origin): Announced[] {
  return statuses.flatMap((status, n) => {
    const [old] = statuses.slice(n - 1, n);
    const started = UNSTARTED.includes(status) ? { started_at: null } : {};
    const change = { status, ...(n > 0 && { old_status: old }) };
    const more = { ...change, ...started, ...refs, action_id: row.action, workflow_task: taskAt(row, status) };
    const own = announced(n === 0 ? 'execution_created' : 'execution_status_changed', row, more);
    if (workflow === undefined || n === 0) return [own];
    return [own, announced('workflow_execution_status_changed', row, { ...change, workflow_def: workflow })];
  });
}

/** Advances the clock, so that a change is made at another instant than the one before. */
const tick = (ctx: TimeContext): Promise<unknown> => ctx.client.clock.advance({ by: 1, settle: false });

/** A queue of the own pack, with two items: one of them has another id than the queue. */
async function createQueueOfPack(ctx: TimeContext): Promise<Announced[]> {
  const parts = { label: 'of a pack', dispatch_action_ref: 'core.noop', enabled: false };
  const queue = await ctx.client.queues.create({ ref: ctx.name('packed'), pack_ref: await ctx.ownPack(), ...parts });
  const items = [1, 2].map((payload) => ctx.client.queues.enqueue(queue.ref, { payload }));
  const announcements = (await Promise.all(items)).map((item) => announced('work_queue_item_created', item));
  return [announced('work_queue_created', queue), ...announcements];
}

/** A queue with an item, an artifact and a rule: each is created, and changed once or twice. */
async function changeObjects(ctx: TimeContext, { rule }: WebhookRule): Promise<Announced[]> {
  const { queues, artifacts, rules } = ctx.client;
  const name = { ref: ctx.name('queue'), label: 'made' };
  const queue = await queues.create({ ...name, dispatch_action_ref: 'core.noop', enabled: false });
  const item = await queues.enqueue(queue.ref, { payload: 1, item_key: 'one' });
  const artifact = await artifacts.create({ ref: ctx.name('artifact'), scope: 'system', owner: '', type: 'progress' });
  const hidden = { scope: 'system', owner: '', type: 'other', visibility: 'private' } as const;
  const own = await artifacts.create({ ref: ctx.name('own'), ...hidden });
  await tick(ctx);
  const again = queues.create({ ...name, dispatch_action_ref: 'core.noop' });
  await expect(again).rejects.toMatchObject({ status: 409, code: 'CONFLICT' });
  const changedQueue = await queues.update(queue.ref, { label: 'changed', default_priority: 7 });
  const changedItem = await queues.updateItem(queue.ref, item.id, { priority: 3 });
  const changedArtifact = await artifacts.appendProgress(artifact.id, { percent: 40, message: 'on its way' });
  const disabled = await rules.disable(rule.ref);
  await tick(ctx);
  const changedAgain = await artifacts.appendProgress(artifact.id, { percent: 70, message: 'almost there' });
  const enabled = await rules.enable(rule.ref);
  const progress = { progress_percent: 40, progress_message: 'on its way', progress_entries: 1 };
  const newest = { progress_percent: 70, progress_message: 'almost there', progress_entries: 2 };
  return [
    announced('work_queue_created', queue),
    announced('work_queue_item_created', item),
    announced('artifact_created', artifact),
    announced('artifact_created', own),
    announced('work_queue_updated', changedQueue),
    announced('work_queue_item_updated', changedItem, { old_status: 'queued' }),
    announced('artifact_updated', changedArtifact, progress),
    announced('artifact_updated', changedAgain, newest),
    announced('rule_updated', disabled, { old_enabled: true }),
    announced('rule_updated', enabled, { old_enabled: false }),
  ];
}

/** An event whose rule runs an action. Returns the run, too. */
async function fireRule(ctx: TimeContext, { rule, post }: WebhookRule) {
  const { event_id: id } = await post({ word: ctx.nonce });
  await until(eventDecisionsToBe(1, ctx.client, id), ctx.deadline);
  const [ended] = await until(executionsToBe('completed', 1, ctx.client, { rule_ref: rule.ref }), ctx.deadline);
  const [enforcement] = await ctx.client.enforcements.list({ event: id });
  const row = await ctx.client.enforcements.get(enforcement!.id);
  const run = await ctx.client.executions.get(ended!.id);
  const unresolved = { status: 'created', resolved_at: null };
  return {
    run,
    announcements: [
      announced('event_created', await ctx.client.events.get(id), { has_payload: true }),
      announced('enforcement_created', row, unresolved),
      announced('enforcement_status_changed', row, { old_status: 'created' }),
      ...ofExecution(run, OF_ACTION, { refs: { rule_ref: rule.ref, trigger_ref: rule.trigger_ref } }),
    ],
  };
}

/** An inquiry that is answered, and one of `assignee` that expires. */
async function askTwice(ctx: TimeContext, [first, second]: readonly number[], assignee: number): Promise<Announced[]> {
  const { inquiries } = ctx.client;
  const open = await inquiries.create({ execution: first!, prompt: 'Go on?' });
  const limited = { assigned_to: assignee, timeout_seconds: 60 };
  const assigned = await inquiries.create({ execution: second!, prompt: 'And you?', ...limited });
  await tick(ctx);
  const answered = await inquiries.respond(open.id, 'yes');
  await ctx.time.pass(60);
  const expired = await until(inquiryToBe('timeout', ctx.client, assigned.id), ctx.deadline);
  return [
    announced('inquiry_created', open),
    announced('inquiry_created', assigned),
    announced('inquiry_responded', await inquiries.get(answered.id)),
    announced('inquiry_timeout', await inquiries.get(expired.id)),
  ];
}

/** A workflow with one task, and that task. Returns its execution, too. */
async function runWorkflow(ctx: TimeContext) {
  const id = await startWorkflow(ctx, [{ name: 'only', action: 'core.noop' }]);
  const root = await until(executionToBe('completed', ctx.client, id), ctx.deadline);
  const [child] = await ctx.client.executions.children(id);
  const { id: workflow } = await ctx.client.workflows.get(root.action_ref);
  const task = await ctx.client.executions.get(child!.id);
  return {
    root,
    announcements: [...ofExecution(root, OF_WORKFLOW, { workflow }), ...ofExecution(task, OF_ACTION, {})],
  };
}

/** Changes an entity of each type. What must be announced, and of what to a few alone. */
export async function changeEverything(ctx: TimeContext, hook: WebhookRule, assignee: number) {
  const ofObjects = await changeObjects(ctx, hook);
  const ofQueue = await createQueueOfPack(ctx);
  const { run, announcements } = await fireRule(ctx, hook);
  const { root, announcements: ofWorkflow } = await runWorkflow(ctx);
  const ofInquiries = await askTwice(ctx, [run.id, root.id], assignee);
  const all = [...ofObjects, ...ofQueue, ...announcements, ...ofWorkflow, ...ofInquiries];
  const ofRule = announcements.filter(({ type }) => type === 'enforcement_created');
  const ofPack = [...ofQueue, ...ofRule].map(({ entity }) => entity);
  const limited: Limited = { assigned: ofInquiries[1]!.entity, ofPack };
  return { all, limited };
}
