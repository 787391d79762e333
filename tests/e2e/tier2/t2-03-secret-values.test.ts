// Spec: what is derived from a secret is secret, wherever it goes.
import { createClient, type Client } from '../../../helpers/client/client';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { until } from '../../../helpers/scenario/polling';
import { onlyExecutionOf, runToEnd } from '../../../helpers/scenario/resources/ended-executions';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { createPackKey } from '../../../helpers/scenario/resources/stored-keys';
import { expectTasks } from '../../../helpers/scenario/resources/task-statuses';
import { createUserClient } from '../../../helpers/scenario/resources/test-users';
import type { Task } from '../../../helpers/scenario/resources/workflow-task';
import { SHOWN_OUTPUTS, shownOutputs } from '../support/secrets/declared-outputs';
import { createPassing, DERIVED, rowsWith, shownRows } from '../support/secrets/passed-secrets';
import { PARAMETERS_OF_RULE, refusedParameters, SECRET_NAMES } from '../support/secrets/secrets-of-rules';

const NEEDS = ['secrets.redaction', 'workflows.keystore', 'rbac'];

const REDACTED = { $attune_secret: true, redacted: true };

const SECRET = { type: 'string', secret: true };

/** Without an input it would receive the parameters of its workflow. */
const NOOP: Task = { name: 'T', action: 'core.noop', input: { message: 'm' } };

claim('T2.3m', NEEDS, 'a value that is derived from a secret is redacted, others are shown', async (ctx) => {
  const token = ctx.name('token');
  const { ref } = await createPassing(ctx, token);
  const reader = await createUserClient(ctx, 'core.viewer');

  const { id } = await runToEnd(ctx, ref, { token, open: 'o', rows: rowsWith(token) });

  const shown = await reader.executions.get(id);
  const ofRows = { row_open: 'r', row_open_from_end: 'r', more: 'm' };
  const clear = { succeeded: true, open: 'o', region: 'north', plain: 'p', published: 'o', undeclared: 1, ...ofRows };
  const ofPrinted = { printed_open: 'm' };
  const redacted = Object.fromEntries(Object.keys(DERIVED).map((name) => [name, REDACTED]));
  expect(shown.result).toEqual({ ...clear, ...ofPrinted, ...redacted, list: ['a', REDACTED] });
  expect(shown.config).toEqual({ token: REDACTED, open: 'o', rows: shownRows(REDACTED) });
  const ran = { make: 'completed', output: 'completed', defined: 'completed', call: 'completed' } as const;
  await expectTasks(ctx, id, {
    ...ran,
    wrapped: 'completed',
    left: 'completed',
    each: 'completed',
    last: 'completed',
    printed: 'completed',
  });
  const printed = (await reader.executions.children(id)).find(
    ({ workflow_task: task }) => task?.task_name === 'printed',
  );
  expect((await reader.executions.get(printed!.id)).result).toEqual({
    succeeded: true,
    exit_code: 0,
    duration_ms: expect.any(Number) as unknown,
    data: { code: REDACTED, more: 'm' },
  });
  expect((await reader.executions.tree(printed!.id)).stdout_tail).toBe('');
  expect(await shownOutputs(ctx, reader)).toEqual(SHOWN_OUTPUTS);
});

/**
 * A rule on a trigger that declares `token` secret; its workflow runs T if both secrets are equal.
 */
async function createSecretRule(ctx: Context, token: string) {
  const pack = await ctx.ownPack();
  await createPackKey(ctx, pack, 'secret', token);
  await ctx.client.packs.update(pack, { conf_schema: { token: SECRET, region: { type: 'string' } } });
  const { ref } = await ctx.workflow([{ ...NOOP, when: '{{ parameters.s == parameters.k }}' }], {
    parameters: { s: SECRET, k: SECRET, open: { type: 'string' } },
    output_map: { s: '{{ parameters.s }}', open: '{{ parameters.open }}' },
  });
  const actionParams = { s: '{{ event.payload.token }}', k: '{{ keystore.secret }}', open: '{{ event.payload.open }}' };
  const hook = await ctx.webhookRule({ action: ref, actionParams });
  const declared = await createScriptAction(ctx, pack, 'exit 0', { token: SECRET, message: { type: 'string' } });
  const other = { action: declared, actionParams: { token: 'own', message: 'is {{ event.payload.token }}' } };
  const refused = await ctx.addRule(hook, other); // its parameter is not declared secret
  const out_schema = { token: SECRET, open: { type: 'string' } };
  const schema = { op: 'set' as const, value: out_schema };
  await ctx.client.triggers.update(hook.trigger.ref, { out_schema: schema, param_schema: schema });
  await expect(ctx.addRule(hook, other)).rejects.toMatchObject({ status: 422 });
  const all = { action: await createScriptAction(ctx, pack, 'exit 0', {}), actionParams: PARAMETERS_OF_RULE };
  expect((await refusedParameters(ctx.addRule(hook, all))).sort()).toEqual([...SECRET_NAMES].sort());
  return { ...hook, refused };
}

/** An event that a sensor of the trigger posts, with a configuration. Returns both responses. */
async function postOfSensor(ctx: Context, trigger_ref: string, values: Record<string, string>, reader: Client) {
  const pack_ref = await ctx.ownPack();
  const ref = `${pack_ref}.${ctx.name('sensor')}`;
  const program = { enabled: false, entrypoint: 'none.sh', runtime_ref: 'core.shell' };
  await ctx.client.sensors.create({ ref, pack_ref, label: 'sensor', trigger_ref, ...program });
  const { token } = await ctx.client.auth.sensorToken({ sensor_ref: ref, trigger_types: [trigger_ref] });
  const sensor = createClient({ baseUrl: ctx.facts.url, token });
  const posted = await sensor.events.create({ trigger_ref, payload: values, config: values });
  return [posted, await reader.events.get(posted.id)];
}

const OF_RULES = [...NEEDS, 'rules.keystore'];

claim('T2.3o', OF_RULES, 'what a schema declares secret of an event is secret for its rule', async (ctx) => {
  const token = ctx.name('token');
  const hook = await createSecretRule(ctx, token);
  const reader = await createUserClient(ctx, 'core.viewer');

  const { event_id: event } = await hook.post({ token, open: 'o' });
  const roots = { rule_ref: hook.rule.ref, top_level_only: true };
  const [root] = await until(executionsToBe('completed', 1, ctx.client, roots), ctx.deadline);

  const shown = await reader.executions.get(root!.id);
  expect(shown.config).toEqual({ s: REDACTED, k: REDACTED, open: 'o' });
  expect(shown.result).toEqual({ succeeded: true, s: REDACTED, open: 'o' });
  expect((await reader.events.get(event)).payload).toEqual({ token: REDACTED, open: 'o' });
  const { enforcements } = ctx.client;
  const fired = await Promise.all((await enforcements.list({ event })).map(({ id }) => enforcements.get(id)));
  expect(fired.map(({ payload }) => payload)).toEqual(Array(2).fill({ token: REDACTED, open: 'o' }));
  expect(fired.sort((a, b) => a.rule! - b.rule!).map(({ config }) => config)).toEqual([
    { s: REDACTED, k: REDACTED, open: 'o' },
    { token: REDACTED, message: REDACTED },
  ]);
  await expectTasks(ctx, root!.id, { T: 'completed' });
  const refused = await onlyExecutionOf(ctx, { rule: hook.refused }, 'failed');
  expect([refused.config, refused.result]).toMatchObject([
    { token: REDACTED, message: REDACTED },
    { code: 'SECRET_PARAMETER' },
  ]);
  const redacted = { token: REDACTED, open: 'o' };
  for (const { payload, config } of await postOfSensor(ctx, hook.trigger.ref, { token, open: 'o' }, reader))
    expect({ payload, config }).toEqual({ payload: redacted, config: redacted });
});
