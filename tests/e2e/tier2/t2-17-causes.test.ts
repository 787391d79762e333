// Spec: what an event or a program causes is recorded with its cause.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { until } from '../../../helpers/scenario/polling';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { idsOf } from '../../../helpers/scenario/resources/list-filters';
import { runsOf } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['core', 'ledger.shared'];

/** A workflow of two tasks, one of which is a workflow. Returns the refs of all its executions. */
const createNested = async (ctx: Context): Promise<string[]> => {
  const step = { name: 'T', action: 'core.noop' };
  const inner = await ctx.workflow([step], { name: 'inner' });
  const { ref } = await ctx.workflow([
    { name: 'nested', action: inner.ref },
    { ...step, name: 'beside' },
  ]);
  return [ref, inner.ref, step.action, step.action];
};

/** The executions with the correlation of an event. */
const causedBy = async ({ client }: Context, event: number) => {
  const { correlation_id } = await client.events.get(event);
  return client.executions.list({ correlation_id: correlation_id! });
};

claim('T2.17e', [...NEEDS, 'events.causation'], 'one correlation finds all that an event caused', async (ctx) => {
  await ctx.pack('e2e');
  const refs = await createNested(ctx);
  const { rule, post } = await ctx.webhookRule({ action: refs[0]! });

  const events = [await post({}), await post({})];
  const roots = { rule_ref: rule.ref, top_level_only: true };
  const ended = await until(executionsToBe('completed', 2, ctx.client, roots), ctx.deadline);

  const found = await Promise.all(events.map(({ event_id: event }) => causedBy(ctx, event)));
  const foundRefs = found.map((rows) => rows.map(({ action_ref }) => action_ref).sort());
  expect(foundRefs).toEqual(Array(2).fill(refs.sort()));
  expect(found.map((rows) => new Set(rows.map(({ enforcement }) => enforcement)).size)).toEqual([1, 1]);
  const ids = found.map(idsOf);
  expect(new Set(ids.flat()).size).toBe(8);
  const owners = ended.map(({ id }) => ids.findIndex((own) => own.includes(id)));
  expect(owners.sort()).toEqual([0, 1]);
});

const CREDENTIALS = [...NEEDS, 'keys.from_actions', 'runtimes.node', 'rbac'];

/** Runs an action that requests an execution of `append-ledger`, with these permission sets. */
const requestFromAction = async (ctx: Context, sets?: string[]) => {
  const request = { action_ref: ctx.action('append-ledger'), parameters: ctx.ledgerInput('requested') };
  const execute = { action_ref: ctx.action('execute-action'), parameters: request };
  const { id } = await ctx.client.executions.execute({ ...execute, ...(sets && { permission_set_refs: sets }) });
  const { result, executor } = await waitForStatus(ctx, id);
  return { caller: id, executor, ...(result as { data: { status: number; id: number } }).data };
};

claim('T2.17g', CREDENTIALS, 'an execution that an action requests is its child', async (ctx) => {
  await ctx.pack('e2e-api');
  await ctx.pack('e2e');

  const denied = await requestFromAction(ctx, ['core.viewer']);
  const requested = await requestFromAction(ctx);

  expect([denied.status, requested.status]).toEqual([403, 201]);
  const { caller: parent, executor } = requested;
  const config = ctx.ledgerInput('requested');
  expect(await waitForStatus(ctx, requested.id)).toMatchObject({ parent, executor, config });
  const children = await Promise.all([denied, requested].map(({ caller }) => ctx.client.executions.children(caller)));
  expect(children.map(idsOf)).toEqual([[], [requested.id]]);
  expect(runsOf(ctx, 'requested')).toBe(1);
});
