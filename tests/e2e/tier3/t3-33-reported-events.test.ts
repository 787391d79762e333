// Spec: events are reported by the sensor of a trigger and programs of its pack, for its rules.
import { createClient } from '../../../helpers/client/client';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import { createTestTenant } from '../../../helpers/scenario/resources/test-tenant';
import { startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { callApi } from '../support/api-call';
import { createChangeableSet } from '../support/matrix/changeable-set';
import { createEmptyPack } from '../support/empty-pack';
import { forgeProgramToken, forgeToken, readTokenSecret } from '../support/forge-token';

const REPORTS = ['core', 'inquiries.from_actions', 'rbac', 'sql'];

/** Two triggers of the pack of the test, the first one of the sensor, and one of another pack. */
async function createTriggers(ctx: Context): Promise<string[]> {
  const pack_ref = await ctx.ownPack();
  const refs = ['seen', 'found'].map((name) => `${pack_ref}.${name}`);
  for (const ref of refs) await ctx.client.triggers.create({ ref, pack_ref, label: 'own' });
  return [...refs, (await createEmptyPack(ctx)).trigger];
}

claim('T3.33m', REPORTS, 'a sensor and a program report events of their own triggers', async (ctx) => {
  const triggers = await createTriggers(ctx);
  const [secret, { id: identity }] = [await readTokenSecret(ctx.facts), await ctx.client.auth.me()];
  const execution = await startWorkflow(ctx, [inquiryTask({})]);
  ctx.defer(() => ctx.client.executions.cancel(execution));
  const granted = await createChangeableSet(ctx.client, `${ctx.facts.directory}/fixtures`);
  ctx.defer(() => ctx.client.packs.remove(granted.pack));
  await granted.grant([{ resource: 'events', actions: ['create'], constraints: { refs: [triggers[2]!] } }]);
  const login = `${triggers[0]!}-sensor`;
  const program = { identity, execution };
  const tokens = {
    sensor: await forgeToken(secret, {
      identity,
      login,
      type: 'sensor',
      metadata: { trigger_types: [triggers[0]!] },
    }),
    program: await forgeProgramToken(secret, { ...program, permissionSets: ['core.viewer'] }),
    'with a grant': await forgeProgramToken(secret, { ...program, permissionSets: [granted.ref] }),
  };

  const statuses = Object.entries(tokens).map(async ([name, token]) => {
    const event = { payload: [name], config: { by: name } };
    const posts = triggers.map((trigger_ref) => callApi(token, 'POST', '/events', { trigger_ref, ...event }));
    return [name, (await Promise.all(posts)).map(({ status }) => status)] as const;
  });

  expect(Object.fromEntries(await Promise.all(statuses))).toEqual({
    sensor: [201, 403, 403],
    program: [201, 201, 403],
    'with a grant': [201, 201, 201],
  });
  const names = Object.keys(tokens);
  const lists = triggers.map(async (trigger_ref) => {
    const listed = await ctx.client.events.list({ trigger_ref });
    const events = await Promise.all(listed.map(({ id }) => ctx.client.events.get(id)));
    return events.map((each) => [each.source_ref, each.payload, each.config]).sort();
  });
  const made = (name: string) => [name === 'sensor' ? login : `execution:${execution}`, [name], { by: name }];
  expect(await Promise.all(lists)).toEqual([0, 1, 2].map((first) => names.slice(first).map(made).sort()));
});

/** A sensor, rules of its trigger, of which one is disabled, and rules of others. */
async function createRules(ctx: Context) {
  const { client } = await createTestTenant(ctx, 'own');
  const other = (await createTestTenant(ctx, 'other')).client;
  const pack_ref = ctx.name('p');
  for (const { packs, triggers } of [client, other]) {
    await packs.create({ ref: pack_ref, label: 'p', version: '1.0.0' });
    for (const label of ['seen', 'unseen']) await triggers.create({ ref: `${pack_ref}.${label}`, pack_ref, label });
  }
  const create = async ({ rules }: Context['client'], label: string, trigger: string, enabled = true) => {
    const of = { ref: `${pack_ref}.${label}`, pack_ref, label, trigger_ref: `${pack_ref}.${trigger}`, enabled };
    return (await rules.create({ ...of, action_ref: 'core.noop' })).id;
  };
  const rules = {
    one: await create(client, 'one', 'seen'),
    two: await create(client, 'two', 'seen'),
    off: await create(client, 'off', 'seen', false),
    removed: await create(client, 'removed', 'seen'),
    'of another trigger': await create(client, 'unseen', 'unseen'),
    'of another tenant': await create(other, 'foreign', 'seen'),
  };
  await client.rules.remove(`${pack_ref}.removed`);
  const [trigger_ref, ref] = [`${pack_ref}.seen`, `${pack_ref}.watch`];
  const program = { runtime_ref: 'core.shell', entrypoint: 'none.sh', enabled: false };
  await client.sensors.create({ ref, pack_ref, label: 'watch', trigger_ref, ...program });
  const { token } = await client.auth.sensorToken({ sensor_ref: ref, trigger_types: [trigger_ref] });
  return { client, sensor: createClient({ baseUrl: ctx.facts.url, token }), trigger_ref, rules };
}

const BOTH = ['one', 'two'];

/** What an event gives, the rule that it shows, and the rules that it has fired. */
type EventOfRule = readonly [given: string | null | undefined, rule: string | null, fired: readonly string[]];

claim('T3.33o', ['rbac', 'tenants'], 'an event that names a rule is for that rule of its trigger', async (ctx) => {
  const { client, sensor, trigger_ref, rules } = await createRules(ctx);
  const named = (rule: keyof typeof rules): string => `rule_${rules[rule]}`;
  const cases: readonly EventOfRule[] = [
    [named('one'), 'one', ['one']],
    [named('two'), 'two', ['two']],
    [named('off'), 'off', []],
    [named('removed'), null, []],
    [named('of another trigger'), null, []],
    [named('of another tenant'), null, []],
    ['rule_999999999', null, []],
    ...[undefined, null, '', 'one', 'rule_', `${named('one')}.0`].map((text): EventOfRule => [text, null, BOTH]),
  ];
  const nameOf = (ref: string | null): string | null => ref && ref.split('.')[1]!;

  const seen: EventOfRule[] = [];
  for (const [trigger_instance_id] of cases) {
    const instance = trigger_instance_id === undefined ? {} : { trigger_instance_id };
    const { id: event, rule_ref } = await sensor.events.create({ trigger_ref, ...instance });
    const fired = (await client.enforcements.list({ event })).map((each) => nameOf(each.rule_ref)!);
    seen.push([trigger_instance_id, nameOf(rule_ref), fired.sort()]);
  }

  expect(seen).toEqual(cases);
});
