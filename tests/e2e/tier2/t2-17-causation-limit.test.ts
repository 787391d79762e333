// Spec: a rule starts the last execution that a chain of causes may have, and not one more.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToExist } from '../../../helpers/scenario/conditions/event-conditions';
import { until } from '../../../helpers/scenario/polling';
import { runToEnd, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { startedBy } from '../../../helpers/scenario/resources/webhook-chain';
import type { WebhookRule } from '../../../helpers/scenario/resources/webhook-rule';

const NEEDS = ['core', 'rbac', 'runtimes.node', 'keys.from_actions', 'events.causation', 'limits.causation_depth'];

/** The number of executions that a chain may have. */
function limitOf({ facts }: Context): number {
  const declared = facts.capabilities['limits.causation_depth'];
  return typeof declared === 'object' ? Number(declared.depth) : NaN;
}

const POST_EVENT = `
const { ATTUNE_API_URL: api, ATTUNE_API_TOKEN: token } = process.env;
const headers = { "content-type": "application/json", authorization: "Bearer " + token };
const body = JSON.stringify({ trigger_ref: process.argv[1], payload: {} });
fetch(api + "/api/v1/events", { method: "POST", headers, body }).then(({ status }) => process.exit(status === 201 ? 0 : 1));`;

/**
 * A workflow that calls itself so often as `left` has it, and whose last call runs an action that
 * posts an event of the rule. Returns its ref.
 */
async function createChain(ctx: Context, { trigger }: WebhookRule): Promise<string> {
  const pack = await ctx.ownPack();
  const post = await createScriptAction(ctx, pack, `exec node -e '${POST_EVENT}' ${trigger.ref}`);
  const name = ctx.name('chain');
  const next = [
    { when: '{{ parameters.left > 0 }}', do: ['again'] },
    { when: '{{ parameters.left == 0 }}', do: ['post'] },
  ];
  const { ref } = await ctx.workflow(
    [
      { name: 'call', action: 'core.noop', next },
      { name: 'again', action: `${pack}.${name}`, input: { left: '{{ parameters.left - 1 }}' } },
      { name: 'post', action: post, permission_set_refs: ['core.viewer'] }, // for its token
    ],
    { name, parameters: { left: { type: 'integer' } } },
  );
  return ref;
}

claim('T2.17j', NEEDS, 'a rule starts the last execution of a chain, and not one more', async (ctx) => {
  const hook = await ctx.webhookRule({ action: 'core.noop' });
  const chain = await createChain(ctx, hook);
  const limit = limitOf(ctx);

  await runToEnd(ctx, chain, { left: limit - 3 }); // the first call, the action and the execution of the rule
  await runToEnd(ctx, chain, { left: limit - 2 });

  const [last, beyond] = await until(executionsToExist(2, ctx.client, startedBy(hook)), ctx.deadline);
  await waitForStatus(ctx, last!.id);
  const { status, started_at, result } = await ctx.client.executions.get(beyond!.id);
  expect([status, started_at]).toEqual(['failed', undefined]);
  const error = `It would be number ${limit + 1} in a chain of causes: at most ${limit}`;
  expect(result).toMatchObject({ code: 'LOOP_LIMIT', error });
});
