import type { Rule } from '../../../contract/rules';
import type { Trigger } from '../../../contract/triggers';
import { signToken } from '../../../platform/api/tokens';
import { withHook } from './hook-stage';
import { SECRET } from './stage';

const hook = withHook();

const action = async (name: string, paramSchema: object) => {
  const ref = `demo.${name}`;
  const script = { entrypoint: 'true', runtime_ref: 'core.shell' };
  await hook.dataOf(
    hook.send('POST', '/actions', { ref, pack_ref: 'demo', label: name, ...script, param_schema: paramSchema }),
  );
  return ref;
};
const body = (trigger: string, more: object = {}) => ({
  ...{ ref: `demo.r-${Math.random().toString(36).slice(2)}`, pack_ref: 'demo', label: 'R' },
  ...{ trigger_ref: trigger, action_ref: 'core.echo', ...more },
});
const create = (payload: object, as?: string) => hook.send('POST', '/rules', payload, as);

test('a rule is answered whole, with the defaults of what was left out', async () => {
  const { ref, id } = await hook.hook();
  const wanted = body(ref);

  const rule = await hook.dataOf<Rule>(
    create({ ...wanted, owner_identity: 99, is_adhoc: false, tenant: 7, unknown: 1 }),
  );

  expect(rule).toMatchObject({
    ...wanted,
    ...{ trigger: id, description: null, conditions: {}, action_params: {}, trigger_params: {}, enabled: true },
    ...{ permission_set_refs: null, is_adhoc: true },
  });
  expect(rule.owner_identity).not.toBe(99);
  expect(await hook.itemsOf(`/triggers/${ref}/rules`)).toMatchObject([{ ref: wanted.ref }]);
  expect((await hook.itemsOf<Rule>('/packs/demo/rules')).map((row) => row.ref)).toContain(wanted.ref);
  expect((await hook.itemsOf<Rule>('/actions/core.echo/rules')).map((row) => row.ref)).toContain(wanted.ref);
});

test('criteria of null are none: the rule, and what it fires, show an object', async () => {
  const { ref, webhook_key: key } = await hook.hook();

  const rule = await hook.dataOf<Rule>(create(body(ref, { conditions: null })));
  const [fired] = await hook.enforcements(await hook.fire(key, {}));

  expect(rule.conditions).toEqual({});
  expect(await hook.dataOf<object>(hook.send('GET', `/enforcements/${fired!.id}`))).toMatchObject({ conditions: {} });
});

test('what a rule names must exist, its ref must be free and formed, and each is told apart', async () => {
  const { ref } = await hook.hook();
  const taken = await hook.rule(ref);
  const codeOf = async (more: object) => {
    const answer = await create(body(ref, more));
    return [answer.statusCode, answer.json<{ code: string }>().code];
  };

  expect(await codeOf({ ref: taken.ref, action_ref: 'no.such' })).toEqual([409, 'CONFLICT']);
  expect(await codeOf({ pack_ref: 'nope' })).toEqual([404, 'NOT_FOUND']);
  expect(await codeOf({ action_ref: 'no.such' })).toEqual([404, 'NOT_FOUND']);
  expect(await codeOf({ trigger_ref: 'no.such' })).toEqual([404, 'NOT_FOUND']);
  expect(await codeOf({ pack_ref: 'core' })).toEqual([403, 'FORBIDDEN']);
  expect(await codeOf({ permission_set_refs: ['no.such'] })).toEqual([404, 'NOT_FOUND']);
  expect(await codeOf({ ref: 'Demo.Upper' })).toEqual([422, 'UNPROCESSABLE_ENTITY']);
});

test('parameters are held to the action’s schema; a template passes for any type, a required one must be there', async () => {
  const { ref } = await hook.hook();
  const schema = {
    n: { type: 'integer', required: true, default: 3, minimum: 2 },
    s: { type: 'string' },
    o: { type: 'object' },
  };
  const action_ref = await action('strict', schema);
  const outcome = async (params: object) => {
    const answer = await create(body(ref, { action_ref, action_params: params }));
    return answer.statusCode === 201
      ? 'saved'
      : answer.json<{ details: { fields: { path: string }[] } }>().details.fields.map(({ path }) => path);
  };

  expect(await outcome({ n: 2, extra: true })).toBe('saved');
  expect(await outcome({ n: '{{ event.payload.n }}', o: 'x {{ event.id }}' })).toBe('saved');
  expect(await outcome({})).toEqual(['action_params/n']);
  expect(await outcome({ n: '2', s: 5 })).toEqual(['action_params/n', 'action_params/s']);
  expect(await outcome({ n: 1 })).toEqual(['action_params/n']);
});

test('a change keeps what it does not name, and is checked against what it names', async () => {
  const { ref } = await hook.hook();
  const other = await hook.hook();
  const rule = await hook.rule(ref, { conditions: { expression: 'true' }, permission_set_refs: ['core.viewer'] });
  const put = (change: object) => hook.send('PUT', `/rules/${rule.ref}`, change);

  const changed = await hook.dataOf<Rule>(put({ label: 'New', trigger_ref: other.ref, permission_set_refs: null }));

  expect(changed).toMatchObject({ label: 'New', trigger: other.id, conditions: { expression: 'true' }, enabled: true });
  expect(changed.permission_set_refs).toBeNull();
  expect((await put({ action_ref: 'no.such' })).statusCode).toBe(404);
  expect((await put({ action_params: { message: 5 } })).statusCode).toBe(422);
});

test('a disabled rule is not asked, an enabled one is again, and a deleted one is gone', async () => {
  const trigger = await hook.hook();
  const rule = await hook.rule(trigger.ref);
  const counted = async () => (await hook.decisions(await hook.fire(trigger.webhook_key, {}))).length;

  expect(await hook.dataOf(hook.send('POST', `/rules/${rule.ref}/disable`))).toMatchObject({ enabled: false });
  expect(await counted()).toBe(0);
  await hook.send('POST', `/rules/${rule.ref}/enable`);
  const before = await hook.fire(trigger.webhook_key, {});
  expect((await hook.send('DELETE', `/rules/${rule.ref}`)).json()).toMatchObject({ success: true });
  expect(await counted()).toBe(0);
  expect(await hook.enforcements(before)).toMatchObject([{ rule: null, rule_ref: rule.ref }]);
});

test('a deleted trigger leaves its rules and events their refs', async () => {
  const trigger = await hook.hook();
  const rule = await hook.rule(trigger.ref);
  const event = await hook.fire(trigger.webhook_key, {});

  await hook.send('DELETE', `/triggers/${trigger.ref}`);

  expect(await hook.dataOf(hook.send('GET', `/rules/${rule.ref}`))).toMatchObject({
    trigger: null,
    trigger_ref: trigger.ref,
  });
  expect(await hook.event(event)).toMatchObject({ trigger: null, trigger_ref: trigger.ref });
});

test('every write needs its grant, also the switches, and also under an execution’s token', async () => {
  const trigger = await hook.hook();
  const rule = await hook.rule(trigger.ref);
  const { rows } = await hook
    .stage()
    .owner.query<{ id: number }>("select id from identity where login = 'test@attune.local'");
  const who = { identity: rows[0]!.id, login: 'test@attune.local', tenant: 1, seconds: 60 };
  const of = { execution: 999_999, actionRef: 'core.echo', permissionSetRefs: [] };
  const callers = [await hook.holderOf([]), await signToken(SECRET, { ...who, tokenType: 'execution', ...of })];
  const writes: [method: 'POST' | 'PUT' | 'DELETE', path: string, payload?: object][] = [
    ['POST', '/triggers', { ref: 'demo.never', pack_ref: 'demo', label: 'N' }],
    ['PUT', `/triggers/${trigger.ref}`, { label: 'N' }],
    ['DELETE', `/triggers/${trigger.ref}`],
    ['POST', `/triggers/${trigger.ref}/enable`],
    ['POST', `/triggers/${trigger.ref}/disable`],
    ['POST', `/triggers/${trigger.ref}/webhooks/enable`],
    ['POST', `/triggers/${trigger.ref}/webhooks/disable`],
    ['POST', `/triggers/${trigger.ref}/webhooks/regenerate`],
    ['PUT', `/triggers/${trigger.ref}/webhooks/security`, {}],
    ['POST', '/rules', body(trigger.ref)],
    ['PUT', `/rules/${rule.ref}`, { label: 'N' }],
    ['DELETE', `/rules/${rule.ref}`],
    ['POST', `/rules/${rule.ref}/enable`],
    ['POST', `/rules/${rule.ref}/disable`],
  ];

  for (const caller of callers) {
    const answers = await Promise.all(
      writes.map(([method, path, payload]) => hook.send(method, path, payload, caller)),
    );
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(writes.map(() => 403));
  }
  expect(await hook.dataOf<Trigger>(hook.send('GET', `/triggers/${trigger.ref}`))).toMatchObject({
    label: 'Hook',
    enabled: true,
  });
});

test('nothing of another tenant is seen, named, counted or fired', async () => {
  const trigger = await hook.hook();
  const rule = await hook.rule(trigger.ref);
  const event = await hook.fire(trigger.webhook_key, {});
  const [enforcement] = await hook.enforcements(event);
  const { rows } = await hook.stage().owner.query<{ id: number; tenant: number }>(
    `with t as (insert into tenant (slug, name) values ('other', 'Other') returning id),
      i as (insert into identity (tenant, login) select t.id, 'other@example' from t returning id, tenant),
      a as (insert into permission_assignment (tenant, identity, permset) select i.tenant, i.id, s.id
        from i, permission_set s where s.ref = 'core.admin'),
      p as (insert into pack (tenant, ref, label, version) select i.tenant, 'demo', 'D', '1.0.0' from i returning id, tenant),
      r as (insert into rule (tenant, ref, pack, pack_ref, trigger_ref, action_ref)
        select p.tenant, 'demo.same', p.id, 'demo', $1, 'core.echo' from p)
     select id, tenant from i`,
    [trigger.ref],
  );
  const other = await signToken(SECRET, {
    identity: rows[0]!.id,
    login: 'o',
    tenant: rows[0]!.tenant,
    tokenType: 'access',
    seconds: 60,
  });
  const get = (path: string) => hook.send('GET', path, undefined, other);

  const paths = [`/triggers/${trigger.ref}`, `/rules/${rule.ref}`, `/events/${event}`, `/events/${event}/decisions`];
  for (const path of [...paths, `/enforcements/${enforcement!.id}`]) expect((await get(path)).statusCode).toBe(404);
  expect((await get('/events?include_total=true')).json()).toMatchObject({ items: [], pagination: { total_items: 0 } });
  expect((await get(`/enforcements?event=${event}&include_total=true`)).json()).toMatchObject({ items: [] });
  expect((await create(body(trigger.ref), other)).statusCode).toBe(404);
  expect((await hook.decisions(await hook.fire(trigger.webhook_key, {}))).map((made) => made.rule)).toEqual([rule.id]);
});
