// Spec: the last execution that a chain of causes may have is started, and not one more.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToExist } from '../../../helpers/scenario/conditions/event-conditions';
import { until } from '../../../helpers/scenario/polling';
import { readExecutions, runToEnd, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import type { WebhookRule } from '../../../helpers/scenario/resources/webhook-rule';
import { addItems, createQueue, drain, literal, untilLeasable } from '../support/work-queues/queue';

const NEEDS = ['core', 'rbac', 'runtimes.node', 'keys.from_actions', 'events.causation', 'limits.causation_depth'];

/** The number of executions that a chain may have. */
function limitOf({ facts }: Context): number {
  const declared = facts.capabilities['limits.causation_depth'];
  return typeof declared === 'object' ? Number(declared.depth) : NaN;
}

/** Posts an event of the first argument, and adds an item to the queue of the second. */
const POST_BOTH = `
const { ATTUNE_API_URL: api, ATTUNE_API_TOKEN: token } = process.env;
const headers = { "content-type": "application/json", authorization: "Bearer " + token };
const [, trigger_ref, queue] = process.argv;
const post = (path, body) => fetch(api + "/api/v1/" + path, { method: "POST", headers, body: JSON.stringify(body) });
Promise.all([post("events", { trigger_ref, payload: {} }), post("queues/" + queue + "/items", { payload: {} })])
  .then((responses) => process.exit(responses.every(({ status }) => status === 201) ? 0 : 1));`;

/**
 * A workflow that calls itself so often as `left` has it, and whose last call runs an action that
 * posts an event of the rules, and an item of the queue. Returns its ref.
 */
async function createChain(ctx: Context, { trigger }: WebhookRule, queue: string): Promise<string> {
  const pack = await ctx.ownPack();
  const post = await createScriptAction(ctx, pack, `exec node -e '${POST_BOTH}' ${trigger.ref} ${queue}`);
  const name = ctx.name('chain');
  const next = [
    { when: '{{ parameters.left > 0 }}', do: ['again'] },
    { when: '{{ parameters.left == 0 }}', do: ['post'] },
  ];
  const { ref } = await ctx.workflow(
    [
      { name: 'call', action: 'core.noop', next },
      { name: 'again', action: `${pack}.${name}`, input: { left: '{{ parameters.left - 1 }}' } },
      { name: 'post', action: post, permission_set_refs: ['core.editor'] }, // for its token
    ],
    { name, parameters: { left: { type: 'integer' } } },
  );
  return ref;
}

/** The two executions of a rule, once the first one has completed. */
async function executionsOf(ctx: Context, rule_ref: string) {
  const executions = await until(executionsToExist(2, ctx.client, { rule_ref }), ctx.deadline);
  await waitForStatus(ctx, executions[0]!.id);
  return readExecutions(ctx, executions);
}

claim('T2.17j', NEEDS, 'a rule, or a queue, starts the last execution of a chain', async (ctx) => {
  const hook = await ctx.webhookRule({ action: 'core.noop', actionParams: { message: '{{ event.trigger }}' } });
  const twin = await ctx.addRule(hook, { action: 'core.noop' });
  const dispatch = { batch_size: literal(3) };
  const queue = await createQueue(ctx, 'core.noop', { batch_mode: 'batch', config: { dispatch } });
  const chain = await createChain(ctx, hook, queue);
  const limit = limitOf(ctx);
  await addItems(ctx, queue, [{ payload: {} }]);

  await runToEnd(ctx, chain, { left: limit - 3 }); // the first call, the action and the execution of the rule
  const { id: deepest } = await runToEnd(ctx, chain, { left: limit - 2 });

  const ofRules = await Promise.all([hook.rule, twin].map(({ ref }) => executionsOf(ctx, ref)));
  await untilLeasable(ctx);
  const items = await drain(ctx, queue);
  const error = `It would be number ${limit + 1} in a chain of causes: at most ${limit}`;
  for (const [last, beyond] of ofRules) {
    expect(last!.status).toBe('completed');
    expect([beyond!.status, beyond!.started_at]).toEqual(['failed', undefined]);
    expect(beyond!.result).toMatchObject({ code: 'LOOP_LIMIT', error });
  }
  const ran = 'the output has no queue_ack';
  expect(items.map(({ last_error }) => last_error)).toEqual([ran, ran, `LOOP_LIMIT: ${error}`]);
  const parameters = (await ctx.client.enforcements.list({ rule_ref: hook.rule.ref })).map(({ id }) =>
    ctx.client.enforcements.get(id),
  );
  const message = hook.trigger.ref;
  expect((await Promise.all(parameters)).map(({ config }) => config)).toEqual(Array(2).fill({ message }));
  const ofChain = { trigger_ref: 'core.alert', correlation_id: `execution:${deepest}` };
  const alerts = await Promise.all((await ctx.client.events.list(ofChain)).map(({ id }) => ctx.client.events.get(id)));
  expect(alerts.map(({ payload }) => payload)).toMatchObject([{ failure_type: 'loop_limit' }]);
});
