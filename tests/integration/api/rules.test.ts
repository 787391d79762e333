import { REDACTED } from '../../../contract/json';
import type { Rule } from '../../../contract/rules';
import type { Trigger } from '../../../contract/triggers';
import { withWebhook } from './with-webhook';
import { tokenOfExecution, tokenOfIdentity } from './test-tokens';
import { createOtherTenant } from './grant-holder';

const webhook = withWebhook();

const action = async (name: string, paramSchema: object) => {
  const ref = `demo.${name}`;
  const script = { entrypoint: 'true', runtime_ref: 'core.shell' };
  await webhook.dataOf(
    webhook.send('POST', '/actions', { ref, pack_ref: 'demo', label: name, ...script, param_schema: paramSchema }),
  );
  return ref;
};
const body = (trigger: string, more: object = {}) => ({
  ref: `demo.r-${Math.random().toString(36).slice(2)}`,
  pack_ref: 'demo',
  label: 'R',
  trigger_ref: trigger,
  action_ref: 'core.echo',
  ...more,
});
const create = (payload: object, as?: string) => webhook.send('POST', '/rules', payload, as);

const cron = (expression: string) => ({ trigger_ref: 'core.crontimer', trigger_params: { expression } });

test('a rule is returned whole, with defaults', async () => {
  const { ref, id } = await webhook.hook();
  const expected = body(ref);

  const rule = await webhook.dataOf<Rule>(
    create({ ...expected, owner_identity: 99, is_adhoc: false, tenant: 7, unknown: 1 }),
  );

  expect(rule).toMatchObject({
    ...expected,
    trigger: id,
    description: null,
    conditions: {},
    action_params: {},
    trigger_params: {},
    enabled: true,
    permission_set_refs: null,
    is_adhoc: true,
  });
  expect(rule.owner_identity).not.toBe(99);
  expect(await webhook.itemsOf(`/triggers/${ref}/rules`)).toMatchObject([{ ref: expected.ref }]);
  expect((await webhook.itemsOf<Rule>('/packs/demo/rules')).map((row) => row.ref)).toContain(expected.ref);
  expect((await webhook.itemsOf<Rule>('/actions/core.echo/rules')).map((row) => row.ref)).toContain(expected.ref);
});

test('null criteria are stored as an empty object', async () => {
  const { ref, webhook_key: key } = await webhook.hook();

  const rule = await webhook.dataOf<Rule>(create(body(ref, { conditions: null })));
  const [fired] = await webhook.enforcements(await webhook.fire(key, {}));

  expect(rule.conditions).toEqual({});
  expect(await webhook.dataOf<object>(webhook.send('GET', `/enforcements/${fired!.id}`))).toMatchObject({
    conditions: {},
  });
});

test('missing references, taken refs and malformed refs are distinguished', async () => {
  const { ref } = await webhook.hook();
  const taken = await webhook.rule(ref);
  const codeOf = async (more: object) => {
    const response = await create(body(ref, more));
    return [response.statusCode, response.json<{ code: string }>().code];
  };

  expect(await codeOf({ ref: taken.ref, action_ref: 'no.such' })).toEqual([409, 'CONFLICT']);
  expect(await codeOf({ pack_ref: 'nope' })).toEqual([404, 'NOT_FOUND']);
  expect(await codeOf({ action_ref: 'no.such' })).toEqual([404, 'NOT_FOUND']);
  expect(await codeOf({ trigger_ref: 'no.such' })).toEqual([404, 'NOT_FOUND']);
  expect(await codeOf({ permission_set_refs: ['no.such'] })).toEqual([404, 'NOT_FOUND']);
  expect(await codeOf({ ref: 'Demo.Upper' })).toEqual([422, 'UNPROCESSABLE_ENTITY']);
});

test('who may not execute the action creates and changes no rule of it', async () => {
  const { ref: trigger } = await webhook.hook();
  await webhook.send('POST', '/packs', { ref: 'shared', label: 'Shared', version: '1.0.0', is_standard: true });
  const rule = await webhook.rule(trigger, { ref: 'shared.one', pack_ref: 'shared' });
  const may = (resource: string, actions: string[]) => ({ resource, actions });
  const ofRules = [may('rules', ['create', 'read', 'update']), may('packs', ['read']), may('triggers', ['read'])];
  const [without, executor] = [
    await webhook.holderOf(ofRules),
    await webhook.holderOf([...ofRules, may('actions', ['read', 'execute'])]),
  ];
  const made = body(trigger, { ref: 'shared.of-another', pack_ref: 'shared' });
  const change = { action_params: { message: 'mine' } };
  const url = `/rules/${rule.ref}`;

  const refused = [
    await webhook.send('POST', '/rules', made, without),
    await webhook.send('PUT', url, change, without),
  ];

  expect(refused.map((response) => [response.statusCode, response.json<object>()])).toMatchObject(
    Array(2).fill([403, { error: expect.stringContaining('actions:execute') as string, code: 'FORBIDDEN' }]),
  );
  expect((await webhook.send('GET', '/rules/shared.of-another')).statusCode).toBe(404);
  expect(await webhook.dataOf<Rule>(webhook.send('GET', url))).toMatchObject({ action_params: rule.action_params });
  const allowed = [
    await webhook.send('POST', '/rules', made, executor),
    await webhook.send('PUT', url, change, executor),
  ];
  expect(allowed.map(({ statusCode }) => statusCode)).toEqual([201, 200]);
});

test('parameters are validated against the schema, templates are not', async () => {
  const { ref } = await webhook.hook();
  const schema = {
    n: { type: 'integer', required: true, default: 3, minimum: 2 },
    s: { type: 'string' },
    o: { type: 'object' },
  };
  const action_ref = await action('strict', schema);
  const outcome = async (params: object) => {
    const response = await create(body(ref, { action_ref, action_params: params }));
    return response.statusCode === 201
      ? 'saved'
      : response.json<{ details: { fields: { path: string }[] } }>().details.fields.map(({ path }) => path);
  };

  expect(await outcome({ n: 2, extra: true })).toBe('saved');
  expect(await outcome({ n: '{{ event.payload.n }}', o: 'x {{ event.id }}' })).toBe('saved');
  expect(await outcome({})).toEqual(['action_params/n']);
  expect(await outcome({ n: '2', s: 5 })).toEqual(['action_params/n', 'action_params/s']);
  expect(await outcome({ n: 1 })).toEqual(['action_params/n']);
});

test('a change keeps other fields and is validated', async () => {
  const { ref } = await webhook.hook();
  const other = await webhook.hook();
  const rule = await webhook.rule(ref, { conditions: { expression: 'true' }, permission_set_refs: ['core.viewer'] });
  const put = (change: object) => webhook.send('PUT', `/rules/${rule.ref}`, change);

  const changed = await webhook.dataOf<Rule>(put({ label: 'New', trigger_ref: other.ref, permission_set_refs: null }));

  expect(changed).toMatchObject({ label: 'New', trigger: other.id, conditions: { expression: 'true' }, enabled: true });
  expect(changed.permission_set_refs).toBeNull();
  expect((await put({ action_ref: 'no.such' })).statusCode).toBe(404);
  expect((await put({ action_params: { message: 5 } })).statusCode).toBe(422);
});

test('a secret in the parameters of a rule is kept, and not shown', async () => {
  const { ref } = await webhook.hook();
  const sealed = await action('sealed', { user: { type: 'string' }, password: { type: 'string', secret: true } });
  const open = await action('open', { password: { type: 'string' } });
  const storedOf = async (id: number) => {
    const { rows } = await webhook.api().owner.query<Rule>('select action_params from rule where id = $1', [id]);
    return rows[0]!.action_params;
  };
  const shown = { user: 'me', password: REDACTED };
  const given = { action_ref: sealed, action_params: { user: 'me', password: 'hunter2' } };

  const rule = await webhook.dataOf<Rule>(create(body(ref, given)));
  const put = (change: object) => webhook.send('PUT', `/rules/${rule.ref}`, change);
  const changed = await webhook.dataOf<Rule>(put({ label: 'New', action_params: rule.action_params }));
  const [listed] = await webhook.itemsOf<Rule>(`/triggers/${ref}/rules`);

  expect([rule.action_params, changed.action_params, listed!.action_params]).toEqual([shown, shown, shown]);
  expect(await storedOf(rule.id)).toEqual(given.action_params);

  for (const action_params of [undefined, { password: REDACTED }]) {
    const refused = await put({ action_ref: open, ...(action_params && { action_params }) });
    expect([refused.statusCode, refused.json<{ error: string }>().error]).toEqual([
      422,
      'action_params/password is a secret of the present action, and none of the new one: give it again',
    ]);
  }
  const moved = await webhook.dataOf<Rule>(put({ action_ref: open, action_params: { password: 'other' } }));
  expect(moved.action_params).toEqual({ password: 'other' });
});

/** Each part of a rule that could never fire, and the error of the save. */
const DEAD_RULES = [
  [{ conditions: { expression: 'event.payload.n >' } }, 'conditions/expression', 'column 18: syntax error'],
  [{ conditions: [{ field: 'n', operator: 'exists', value: 1 }] }, 'conditions/0/operator', 'must be one of equals'],
  [{ action_params: { message: '{{ event.payload.n | uper }}' } }, 'action_params/message', "Did you mean 'upper'?"],
  [{ action_params: { message: '{{ trigger.x }}' } }, 'action_params/message', 'write `event.payload.x`'],
  [{ action_params: { message: "'{{.Names}}'" } }, 'action_params/message', '{% raw %}…{% endraw %}'],
  [cron('0 0 0 * * SAT-SUN'), 'trigger_params', 'write "sat,sun"'],
  [cron('0 */90 * * * *'), 'trigger_params', 'use core.intervaltimer'],
] as const;

test.each(DEAD_RULES)('a rule that could never fire is rejected: %j', async (parts, path, message) => {
  const { ref } = await webhook.hook();
  const rule = await webhook.rule(ref);
  const expected = { details: { fields: [{ path, message: expect.stringContaining(message) as string }] } };

  const created = await create(body(ref, { ...parts }));
  const changed = await webhook.send('PUT', `/rules/${rule.ref}`, parts);

  expect([created.statusCode, changed.statusCode]).toEqual([422, 422]);
  expect([created.json(), changed.json()]).toMatchObject([expected, expected]);
});

test('only enabled rules are evaluated', async () => {
  const trigger = await webhook.hook();
  const rule = await webhook.rule(trigger.ref);
  const counted = async () => (await webhook.decisions(await webhook.fire(trigger.webhook_key, {}))).length;

  expect(await webhook.dataOf(webhook.send('POST', `/rules/${rule.ref}/disable`))).toMatchObject({ enabled: false });
  expect(await counted()).toBe(0);
  await webhook.send('POST', `/rules/${rule.ref}/enable`);
  const before = await webhook.fire(trigger.webhook_key, {});
  expect((await webhook.send('DELETE', `/rules/${rule.ref}`)).json()).toMatchObject({ success: true });
  expect(await counted()).toBe(0);
  expect(await webhook.enforcements(before)).toMatchObject([{ rule: null, rule_ref: rule.ref }]);
});

test('the rules and events of a deleted trigger keep its ref', async () => {
  const trigger = await webhook.hook();
  const rule = await webhook.rule(trigger.ref);
  const event = await webhook.fire(trigger.webhook_key, {});

  await webhook.send('DELETE', `/triggers/${trigger.ref}`);

  expect(await webhook.dataOf(webhook.send('GET', `/rules/${rule.ref}`))).toMatchObject({
    trigger: null,
    trigger_ref: trigger.ref,
  });
  expect(await webhook.event(event)).toMatchObject({ trigger: null, trigger_ref: trigger.ref });
});

test('every write needs its grant, also under an execution token', async () => {
  const trigger = await webhook.hook();
  const rule = await webhook.rule(trigger.ref);
  const callers = [await webhook.holderOf([]), await tokenOfExecution(999_999, [])];
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
      writes.map(([method, path, payload]) => webhook.send(method, path, payload, caller)),
    );
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(writes.map(() => 403));
  }
  expect(await webhook.dataOf<Trigger>(webhook.send('GET', `/triggers/${trigger.ref}`))).toMatchObject({
    label: 'Hook',
    enabled: true,
  });
});

test('another tenant cannot read or fire the rule', async () => {
  const trigger = await webhook.hook();
  const rule = await webhook.rule(trigger.ref);
  const event = await webhook.fire(trigger.webhook_key, {});
  const [enforcement] = await webhook.enforcements(event);
  const person = await createOtherTenant(webhook.api().owner);
  await webhook.api().owner.query(
    `with p as (insert into pack (tenant, ref, label, version) values ($1, 'demo', 'D', '1.0.0') returning id, tenant)
     insert into rule (tenant, ref, pack, pack_ref, trigger_ref, action_ref)
     select p.tenant, 'demo.same', p.id, 'demo', $2, 'core.echo' from p`,
    [person.tenant, trigger.ref],
  );
  const other = await tokenOfIdentity(person);
  const get = (path: string) => webhook.send('GET', path, undefined, other);

  const paths = [`/triggers/${trigger.ref}`, `/rules/${rule.ref}`, `/events/${event}`, `/events/${event}/decisions`];
  for (const path of [...paths, `/enforcements/${enforcement!.id}`]) expect((await get(path)).statusCode).toBe(404);
  expect((await get('/events?include_total=true')).json()).toMatchObject({ items: [], pagination: { total_items: 0 } });
  expect((await get(`/enforcements?event=${event}&include_total=true`)).json()).toMatchObject({ items: [] });
  expect((await create(body(trigger.ref), other)).statusCode).toBe(404);
  expect((await webhook.decisions(await webhook.fire(trigger.webhook_key, {}))).map((made) => made.rule)).toEqual([
    rule.id,
  ]);
});
