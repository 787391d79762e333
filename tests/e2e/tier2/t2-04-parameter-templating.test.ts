// Spec: templates pass exact, typed values, and never evaluate data.
import { DEEP_PATHS, DEEP_VALUES, deepPayload } from '../../../helpers/fixtures/deep-paths';
import { parseInstant } from '../../../helpers/instant';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { expectOrder } from '../../../helpers/scenario/expectations';
import { recordedInterval } from '../../../helpers/scenario/intervals';
import { until } from '../../../helpers/scenario/polling';
import { givenParameters } from '../../../helpers/scenario/resources/echoed-parameters';
import { onlyExecutionOf, runToEnd, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { sha256OfJson } from '../../../helpers/scenario/resources/sha256-of-json';
import { ownedByPack, storeKey } from '../../../helpers/scenario/resources/stored-keys';
import { childrenByTask, expectTasks } from '../../../helpers/scenario/resources/task-statuses';
import { childOf, paramsOf, runsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { onFailure, onSuccess, task, type Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['core', 'ledger.shared'];

/** Posts an event to a rule with these parameters. Returns the rule's one completed execution. */
const executionOfEvent = async (ctx: Context, params: Parameters, payload: Parameters) => {
  await ctx.pack('e2e');
  const actionParams = { ...ctx.ledgerInput('rule'), ...params };
  const hook = await ctx.webhookRule({ action: 'echo-params', actionParams });
  await hook.post(payload);
  return onlyExecutionOf(ctx, hook);
};

const USER = {
  mail: '{{ event.payload.user.mail }}',
  name: '{{ event.payload.user.name }}',
  greeting: 'Hello {{ event.payload.user.name }} ({{ event.payload.nonce }})',
  constant: 'unchanged',
};

claim('T2.4a', NEEDS, 'event fields arrive in the action resolved and typed', async (ctx) => {
  const user = { mail: `${ctx.nonce}@example.org`, name: 'Ada' };

  const execution = await executionOfEvent(ctx, USER, { user, nonce: ctx.nonce });

  const expected = { ...user, greeting: `Hello Ada (${ctx.nonce})`, constant: 'unchanged' };
  expect(givenParameters(execution)).toEqual(expected);
  expect(execution.config).toEqual({ ...ctx.ledgerInput('rule'), ...expected });
});

claim('T2.4b', NEEDS, 'a deep path keeps the JSON type of its value', async (ctx) => {
  const five = `deep ${ctx.nonce}`;

  const execution = await executionOfEvent(ctx, DEEP_PATHS, deepPayload(five));

  expect(givenParameters(execution)).toEqual({ ...DEEP_VALUES, five });
});

const hashes = (a: string, b: number) => ({ a: sha256OfJson(a), b: sha256OfJson(b) });

claim('T2.4c', [...NEEDS, 'workflows.keystore'], 'a template reads a stored key at run time', async (ctx) => {
  await ctx.pack('e2e');
  const pack = await ctx.ownPack();
  const value = (run: string) => ({ host: `${ctx.nonce}-${run}`, port: 5432 });
  const key = { ref: `${pack}.conf`, name: 'conf', ...ownedByPack(pack) };
  await storeKey(ctx, { ...key, value: value('first') });
  const input = { secret_a: '{{ keystore.conf.host }}', secret_b: '{{ keystore[parameters.name].port }}' };
  const { ref } = await ctx.workflow([task(ctx, 'T', 'hash-secrets', input)]);

  const first = await runToEnd(ctx, ref, { name: 'conf' });
  await ctx.client.keys.update(key.ref, { value: value('second') });
  const second = await runToEnd(ctx, ref, { name: 'conf' });

  const children = [await childOf(ctx, first.id, 'T'), await childOf(ctx, second.id, 'T')];
  const expected = ['first', 'second'].map((run) => ({ data: hashes(value(run).host, 5432) }));
  expect(children.map(({ result }) => result)).toMatchObject(expected);
  expect(JSON.stringify([first, second, children])).not.toMatch(new RegExp(`${ctx.nonce}-(?:first|second)`));
});

/** Of tasks T0 to T2, for an input of T3. */
const RESULTS = {
  found: '{{ task.T1.result.data.api.key }}',
  n: '{{ task.T1.n }}',
  second: '{{ task.T1.data.list[1] }}',
  code: '{{ task.T2.exit_code }}',
  failed: '{{ task.T0.exit_code }}',
  own: '{{ task.T2.result.own }}',
};

const INTERVALS = [...NEEDS, 'executions.intervals'];

claim('T2.4d', INTERVALS, 'a task uses the result of an earlier, non-adjacent task', async (ctx) => {
  await ctx.pack('e2e');
  const document = JSON.stringify({ api: { key: ctx.nonce }, n: 7, list: [1, 2] });
  const names = JSON.stringify({ exit_code: 99, result: { own: ctx.nonce } }); // of the result itself, too
  const id = await startWorkflow(ctx, [
    task(ctx, 'T0', 'exit-with', { code: 7 }, onFailure('T1')),
    task(ctx, 'T1', 'produce-json', { document }, onSuccess('T2')),
    task(ctx, 'T2', 'produce-json', { document: names }, onSuccess('T3')),
    task(ctx, 'T3', 'echo-params', RESULTS),
  ]);

  await waitForStatus(ctx, id);

  await expectTasks(ctx, id, { T0: 'failed', T1: 'completed', T2: 'completed', T3: 'completed' });
  expectOrder(ctx, await childrenByTask(ctx, id, 'T0', 'T1', 'T2', 'T3'));
  const expected = { found: ctx.nonce, n: 7, second: 2, code: 0, failed: 7, own: ctx.nonce };
  expect(givenParameters(await childOf(ctx, id, 'T3'))).toEqual(expected);
  expect(runsOf(ctx, 'T3')).toBe(1);
});

claim('T2.4j', INTERVALS, 'a template reads the settings of the pack and the start of its run', async (ctx) => {
  await ctx.pack('e2e');
  await ctx.client.packs.update(await ctx.ownPack(), { config: { region: 'north' } });
  const input = { region: '{{ config.region }}', start: '{{ system.workflow_start }}' };
  const id = await startWorkflow(ctx, [
    task(ctx, 'T0', 'append-ledger', {}, onSuccess('T1')),
    task(ctx, 'T1', 'echo-params', input),
  ]);

  await waitForStatus(ctx, id);

  const { region, start } = await paramsOf(ctx, id, 'T1');
  expect(region).toBe('north');
  expect(parseInstant(start as string)).toBeLessThanOrEqual(recordedInterval(await childOf(ctx, id, 'T0')).start);
});

/** A workflow that passes its parameter `text` to a task, and through a published variable on. */
const createPassingWorkflow = (ctx: Context) => {
  const publish = { when: '{{ succeeded() }}', publish: [{ seen: '{{ parameters.text }}' }] };
  const tasks = [task(ctx, 'T', 'echo-params', { text: '{{ parameters.text }}' }, publish)];
  return ctx.workflow(tasks, { output_map: { seen: '{{ workflow.seen }}' } });
};

claim('T2.4f', [...NEEDS, 'keys.encryption'], 'template text inside data is delivered, not evaluated', async (ctx) => {
  await ctx.pack('e2e');
  const pack = await ctx.ownPack();
  const secret = `${ctx.nonce}-secret`;
  await storeKey(ctx, { ref: `${pack}.vault`, name: 'vault', value: secret, encrypted: true, ...ownedByPack(pack) });
  const { ref: action } = await createPassingWorkflow(ctx);
  const { rule, post } = await ctx.webhookRule({ action, actionParams: { text: '{{ event.payload.text }}' } });

  const text = 'a {{ keystore.vault }} {{ 7 * 7 }} {% set x = 1 %} ${7*7}';
  await post({ text });

  const roots = { rule_ref: rule.ref, top_level_only: true };
  const [root] = await until(executionsToBe('completed', 1, ctx.client, roots), ctx.deadline);
  const child = await childOf(ctx, root!.id, 'T');
  expect(await ctx.client.executions.get(root!.id)).toMatchObject({ config: { text }, result: { seen: text } });
  expect(child.config).toEqual({ ...ctx.ledgerInput('T'), text });
  expect(givenParameters(child)).toMatchObject({ text });
  expect(JSON.stringify(child)).not.toContain(secret);
});
