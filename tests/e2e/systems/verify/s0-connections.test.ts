// Spec: a reference to a key gets its value where the action starts, for those who may read it.
import { executionToBe } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import { onlyChildOfTask } from '../../../../helpers/scenario/resources/child-executions';
import { createAgentAction, createPollingAgent } from '../../support/workers/external-agent';
import { openNotifierSocket } from '../../../../helpers/scenario/resources/notifications';
import { sha256OfJson } from '../../../../helpers/scenario/resources/sha256-of-json';
import { createUserClient } from '../../../../helpers/scenario/resources/test-users';
import { childOf } from '../../../../helpers/scenario/resources/workflow-runs';
import { onSuccess, task, type Parameters } from '../../../../helpers/scenario/resources/workflow-task';
import { connectionNotFound, referenceTo } from '../../support/key-ways/references';
import { systemTestNeeding } from '../../support/system-test';
import { openTargetDatabase } from '../../../../helpers/target/target-database';
import { createEmptyPack } from '../../support/empty-pack';

const test = systemTestNeeding('connections');

const MASK = '***';

/** A key of a pack, encrypted; by default of the pack of the test's workflows. Returns its ref. */
async function createKey(
  ctx: Context,
  value: string | Parameters,
  parts: { pack?: string; ttl_seconds?: number } = {},
) {
  const { pack = await ctx.ownPack(), ...lifetime } = parts;
  const ref = ctx.name('key');
  const owner = { owner_type: 'pack' as const, owner_pack_ref: pack };
  await ctx.client.keys.create({ ref, name: ref, ...owner, value, encrypted: true, ...lifetime });
  ctx.defer(() => ctx.client.keys.removeIfExists(ref));
  return ref;
}

/** Runs a workflow to its end. Returns its one child. */
async function runTask(ctx: Context, ref: string, end: 'completed' | 'failed', parameters: Parameters = {}) {
  const { id } = await ctx.client.executions.execute({ action_ref: ref, parameters });
  await until(executionToBe(end, ctx.client, id), ctx.deadline);
  return ctx.client.executions.get(onlyChildOfTask('A', await ctx.client.executions.children(id)).id);
}

test('S0-39 a connection reaches the process, and is stored nowhere', async (ctx) => {
  if (!ctx.canProve('sql')) return;
  await ctx.pack('e2e');
  const socket = await openNotifierSocket(ctx, [`entity_type:execution`]);
  const secret = ctx.name('secret');
  const ref = await createKey(ctx, secret);
  const flow = await ctx.workflow([task(ctx, 'A', 'hash-secrets', { secret_a: referenceTo(ref), secret_b: 1 })]);

  const child = await runTask(ctx, flow.ref, 'completed');

  expect(child.result).toMatchObject({ data: { a: sha256OfJson(secret), b: sha256OfJson(1) } });
  expect(child.config).toMatchObject({ secret_a: referenceTo(ref) });
  await using database = await openTargetDatabase(ctx.facts.databaseUrl);
  expect(await database.tablesContaining([secret])).toEqual([]);
  expect(JSON.stringify(socket.notifications)).not.toContain(secret);
  const log = await ctx.client.executions.log(child.id);
  expect(JSON.stringify(log)).not.toContain(secret);
});

test('S0-39 a connection to an object keeps its structure and is redacted', async (ctx) => {
  await ctx.pack('e2e');
  const ref = await createKey(ctx, { host: ctx.name('host'), login: { password: ctx.name('password') } });
  const flow = await ctx.workflow([task(ctx, 'A', 'echo-params', { db: referenceTo(ref), plain: ctx.nonce })]);

  const { result } = await runTask(ctx, flow.ref, 'completed');

  expect(result).toMatchObject({
    redacted: true,
    data: { params: { db: { host: MASK, login: { password: MASK } }, plain: ctx.nonce } },
  });
});

test.time('S0-39 an unknown, foreign or expired key fails the task by name', async (ctx) => {
  await ctx.pack('e2e');
  const expiring = await createKey(ctx, ctx.nonce, { ttl_seconds: 1 });
  const foreign = await createKey(ctx, ctx.nonce, { pack: (await createEmptyPack(ctx)).ref });
  await ctx.time.pass(1);

  const ran: (string | null)[] = [];
  for (const [n, ref] of [ctx.name('unknown'), foreign, expiring].entries()) {
    const flow = await ctx.workflow([task(ctx, 'A', 'echo-params', { v: referenceTo(ref) })], { name: `flow-${n}` });
    const { result, started_at } = await runTask(ctx, flow.ref, 'failed');
    expect(result).toEqual(connectionNotFound(ref, 'A'));
    ran.push(started_at ?? null);
  }

  expect(ran).toEqual([null, null, null]);
  expect(ctx.ledger.count(ctx.ledgerInput('A').key)).toBe(0);
});

test('S0-39 a reference in the payload of a webhook stays data', async (ctx) => {
  await ctx.pack('e2e');
  const ref = await createKey(ctx, ctx.name('secret'));
  const input = { literal: referenceTo(ref), sent: '{{ parameters.sent }}', saved: '{{ parameters.saved }}' };
  const parameters = { sent: { type: 'object' }, saved: {} };
  const { ref: flow } = await ctx.workflow([task(ctx, 'A', 'echo-params', input)], { parameters });
  const actionParams = { sent: '{{ event.payload.sent }}', saved: referenceTo(ref) };
  const { rule, post } = await ctx.webhookRule({ action: flow, actionParams });

  await post({ sent: referenceTo(ref) });

  const root = await until(ruleExecution(ctx, rule.ref), ctx.deadline);
  await until(executionToBe('completed', ctx.client, root), ctx.deadline);
  const [child] = await ctx.client.executions.children(root);
  expect((await ctx.client.executions.get(child!.id)).result).toMatchObject({
    data: { params: { literal: MASK, sent: referenceTo(ref), saved: MASK } },
  });
});

const ruleExecution = ({ client }: Context, rule_ref: string) => ({
  name: `an execution of rule ${rule_ref}`,
  check: async () => {
    const [execution] = await client.executions.list({ rule_ref, top_level_only: true });
    return execution ? { is: 'met' as const, value: execution.id } : { is: 'pending' as const, why: 'there is none' };
  },
});

test('S0-39 a caller passes on connections that it may read itself', async (ctx) => {
  await ctx.pack('e2e');
  const ref = await createKey(ctx, ctx.name('secret'));
  const tasks = [
    task(ctx, 'A', 'echo-params', { list: ['{{ parameters.db }}'], text: '{{ parameters.db | tojson }}' }),
  ];
  const { ref: action_ref } = await ctx.workflow(tasks, { parameters: { db: { secret: true } } });
  const parameters = { db: referenceTo(ref) };
  const limited = await createUserClient(ctx, 'core.executor');

  const { result } = await runTask(ctx, action_ref, 'completed', parameters);
  const { id } = await limited.executions.execute({ action_ref, parameters });
  await until(executionToBe('failed', ctx.client, id), ctx.deadline);

  expect(result).toMatchObject({ data: { params: { list: [MASK], text: JSON.stringify(referenceTo(ref)) } } });
  const [child] = await ctx.client.executions.children(id);
  expect((await ctx.client.executions.get(child!.id)).result).toEqual(connectionNotFound(ref, 'A'));
});

test('S0-39 a rerun resolves no reference that its first run did not', async (ctx) => {
  await ctx.pack('e2e');
  const ref = await createKey(ctx, ctx.name('secret'));
  const tasks = [
    task(ctx, 'A', 'echo-params', { v: '{{ parameters.v }}' }, onSuccess('B')),
    task(ctx, 'B', 'exit-with', { code: 1 }),
  ];
  const { ref: action_ref } = await ctx.workflow(tasks, { parameters: { v: { type: 'object' } } });
  const parameters = { v: referenceTo(ref) };
  const { rule, post } = await ctx.webhookRule({ action: action_ref, actionParams: { v: '{{ event.payload.v }}' } });
  const limited = await createUserClient(ctx, 'core.executor');

  await post(parameters);
  const ofEvent = await until(ruleExecution(ctx, rule.ref), ctx.deadline);
  const { id: ofLimited } = await limited.executions.execute({ action_ref, parameters });
  const { id: own } = await ctx.client.executions.execute({ action_ref, parameters });

  const results = await Promise.all([ofEvent, ofLimited, own].map((id) => resultsOfReruns(ctx, id)));
  const asData = { data: { params: { v: referenceTo(ref) } } };
  const masked = { data: { params: { v: MASK } } };
  const missing = connectionNotFound(ref, 'A');
  expect(results).toMatchObject([
    [asData, asData],
    [missing, missing],
    [masked, masked],
  ]);
});

/** Of task A: of an execution that is to fail, and of its rerun by the administrator. */
async function resultsOfReruns(ctx: Context, id: number) {
  await until(executionToBe('failed', ctx.client, id), ctx.deadline);
  const rerun = await ctx.client.executions.rerun(id, { from: 'A' });
  await until(executionToBe('failed', ctx.client, rerun.id), ctx.deadline);
  return Promise.all([id, rerun.id].map(async (each) => (await childOf(ctx, each, 'A')).result));
}

test('S0-39 a connection that is addressed to an agent fails by name', async (ctx) => {
  const { id: worker, agent } = await createPollingAgent(ctx);
  const ref = await createKey(ctx, ctx.name('secret'));
  const action_ref = await createAgentAction(ctx);
  const { execution_id: id } = await ctx.client.tenantWorkers.dispatch(worker, {
    action_ref,
    parameters: { v: referenceTo(ref) },
  });

  expect(await agent.claim(worker)).toEqual([]);

  await until(executionToBe('failed', ctx.client, id), ctx.deadline);
  expect((await ctx.client.executions.get(id)).result).toEqual(connectionNotFound(ref, null));
});
