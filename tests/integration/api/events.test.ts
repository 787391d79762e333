import type { Enforcement, Event } from '../../../contract/events';
import type { Execution } from '../../../contract/executions';
import { withWebhook } from './with-webhook';

const webhook = withWebhook();

test('one event makes one enforcement and one execution, with typed parameters', async () => {
  const trigger = await webhook.hook();
  const rule = await webhook.rule(trigger.ref, {
    action_params: {
      message: '{{ event.payload.n }}',
      all: '{{ event.payload }}',
      text: 'n={{ event.payload.n }}',
      no: '{{ event.payload.x }}',
    },
  });

  const id = await webhook.fire(trigger.webhook_key, { n: 7 });

  const [enforcement, ...more] = await webhook.enforcements(id);
  const whole = await webhook.dataOf<Enforcement>(webhook.send('GET', `/enforcements/${enforcement!.id}`));
  const config = { message: 7, all: { n: 7 }, text: 'n=7', no: null };
  const correlation_id = `event:${id}`;
  expect(more).toEqual([]);
  expect(whole).toMatchObject({
    rule: rule.id,
    rule_ref: rule.ref,
    trigger_ref: trigger.ref,
    event: id,
    status: 'processed',
    condition: 'all',
    conditions: {},
    payload: { n: 7 },
    config,
    correlation_id,
    resolved_at: expect.any(String) as string,
  });
  const [summary] = await webhook.executions(`enforcement=${whole.id}`);
  const execution = await webhook.dataOf<Execution>(webhook.send('GET', `/executions/${summary!.id}`));
  expect(execution).toMatchObject({ config, enforcement: whole.id, executor: rule.owner_identity, correlation_id });
  expect(summary).toMatchObject({ rule_ref: rule.ref, trigger_ref: trigger.ref, correlation_id, parent: null });
  expect(await webhook.executions(`correlation_id=${correlation_id}`)).toEqual([summary]);
  expect(await webhook.itemsOf(`/enforcements/${whole.id}/executions`)).toEqual([summary]);
});

test('an event names its source and keeps its payload', async () => {
  const trigger = await webhook.hook();
  const payload = {
    deep: [null, false, 0, '', [], {}, 9007199254740991, 1.5, '😀', { 'a.b"c': 1 }],
    '{{ x }}': '{{ y }}',
  };

  const id = await webhook.fire(trigger.webhook_key, payload);

  expect(await webhook.event(id)).toMatchObject({
    id,
    trigger: trigger.id,
    trigger_ref: trigger.ref,
    payload,
    source: null,
    source_ref: 'webhook',
    rule: null,
    rule_ref: null,
    config: { source: 'webhook', webhook_key: trigger.webhook_key },
  });
  expect(await webhook.itemsOf(`/events?trigger_ref=${trigger.ref}`)).toMatchObject([{ id, has_payload: true }]);
  const counted = await webhook.send('GET', `/events?trigger=${trigger.id}&include_total=true&per_page=1000`);
  expect(counted.json()).toMatchObject({ pagination: { total_items: 1, page_size: 1000 } });
});

test('null is a valid payload for criteria', async () => {
  const trigger = await webhook.hook();
  await webhook.rule(trigger.ref, { conditions: { expression: 'event.payload.x == 1' } });

  const id = await webhook.fire(trigger.webhook_key, null);

  expect(await webhook.event(id)).toMatchObject({ payload: null });
  expect(await webhook.itemsOf<Event>(`/events?trigger_ref=${trigger.ref}`)).toMatchObject([{ has_payload: true }]);
  expect(await webhook.decisions(id)).toMatchObject([{ matched: false, code: 'CRITERIA_ERROR' }]);
});

test('every enabled rule records a decision, only matches an enforcement', async () => {
  const trigger = await webhook.hook();
  const conditions = [
    'event.payload.n > 3 and event.payload.level == "high"',
    'event.payload.gone > 1',
    'event.payload.n > 1',
  ];
  for (const expression of conditions) await webhook.rule(trigger.ref, { conditions: { expression } });
  await webhook.rule(trigger.ref, { enabled: false });

  const id = await webhook.fire(trigger.webhook_key, { n: 5, level: 'low' });

  expect(await webhook.decisions(id)).toMatchObject([
    { matched: false, decided_by: 'event.payload.level == "high"', code: null, enforcement: null },
    { matched: false, code: 'CRITERIA_ERROR', enforcement: null },
    { matched: true, decided_by: 'event.payload.n > 1', code: null, enforcement: expect.any(Number) as number },
  ]);
  expect(await webhook.enforcements(id)).toHaveLength(1);
});

test('an expression with a fault is the reason of the decision', async () => {
  const trigger = await webhook.hook();
  const text = "{{ event.payload.n | default('none') | upper }}";
  const sound = await webhook.rule(trigger.ref, { action_params: { message: text } });
  const broken = await webhook.rule(trigger.ref, { action_params: { message: '{{ event.payload.n | upper }}' } });

  const id = await webhook.fire(trigger.webhook_key, {});

  const message = expect.stringContaining('Variable not found: event.payload.n') as string;
  expect(await webhook.decisions(id)).toMatchObject([
    { rule: sound.id, matched: true, code: null },
    { rule: broken.id, matched: true, code: 'RULE_BROKEN', enforcement: null, message },
  ]);
  const [enforcement, ...others] = await webhook.enforcements(id);
  expect(others).toEqual([]);
  const stored = await webhook.dataOf(webhook.send('GET', `/enforcements/${enforcement!.id}`));
  expect(stored).toMatchObject({ rule: sound.id, config: { message: 'NONE' } });
});

test('a broken rule does not affect the others', async () => {
  const trigger = await webhook.hook();
  const all = '{{ event.payload }}';
  const broken = await webhook.rule(trigger.ref, { action_params: { all: Array.from({ length: 30 }, () => all) } });
  const sound = await webhook.rule(trigger.ref);

  const id = await webhook.fire(trigger.webhook_key, 'x'.repeat(200_000));

  expect(await webhook.decisions(id)).toMatchObject([
    { rule: broken.id, matched: true, code: 'RULE_BROKEN', enforcement: null },
    { rule: sound.id, matched: true, code: null },
  ]);
  expect(await webhook.enforcements(id)).toMatchObject([{ rule: sound.id, status: 'processed' }]);
});

test('a rule that is disabled during matching runs nothing', async () => {
  const trigger = await webhook.hook();
  const rule = await webhook.rule(trigger.ref);
  const other = await webhook.api().owner.connect();
  await other.query('begin');
  await other.query('update rule set enabled = false where id = $1', [rule.id]);

  const firing = webhook.fire(trigger.webhook_key, {});
  for (let waiting = 0; waiting === 0;) {
    const { rows } = await other.query<{ n: number }>(
      "select count(*) as n from pg_locks where not granted and locktype = 'transactionid'",
    );
    waiting = rows[0]!.n;
  }
  await other.query('commit');
  other.release();

  const id = await firing;
  const [enforcement] = await webhook.enforcements(id);
  expect(enforcement).toMatchObject({ rule: rule.id, status: 'disabled' });
  expect(await webhook.executions(`enforcement=${enforcement!.id}`)).toEqual([]);
  expect(await webhook.decisions(id)).toMatchObject([{ matched: true, code: 'RULE_DISABLED' }]);
});

test('a rule whose action is deleted runs nothing', async () => {
  const trigger = await webhook.hook();
  const action = { ref: 'demo.gone', pack_ref: 'demo', label: 'Gone', entrypoint: 'true', runtime_ref: 'core.shell' };
  await webhook.dataOf(webhook.send('POST', '/actions', action));
  const rule = await webhook.rule(trigger.ref, { action_ref: 'demo.gone' });
  await webhook.send('DELETE', '/actions/demo.gone');

  const id = await webhook.fire(trigger.webhook_key, {});

  expect(await webhook.enforcements(id)).toMatchObject([{ rule: rule.id, status: 'disabled' }]);
  expect(await webhook.decisions(id)).toMatchObject([{ matched: true, code: 'ACTION_GONE' }]);
  expect(await webhook.executions(`rule_ref=${rule.ref}`)).toEqual([]);
});

test('permission sets are those of the rule, else of the action', async () => {
  const trigger = await webhook.hook();
  const sets = { default_execution_permission_set_refs: ['core.viewer'] };
  const action = {
    ref: 'demo.sets',
    pack_ref: 'demo',
    label: 'S',
    entrypoint: 'true',
    runtime_ref: 'core.shell',
    ...sets,
  };
  await webhook.dataOf(webhook.send('POST', '/actions', action));
  const rules = [];
  for (const permission_set_refs of [null, [], ['core.executor']]) {
    rules.push(await webhook.rule(trigger.ref, { action_ref: 'demo.sets', permission_set_refs }));
  }

  await webhook.fire(trigger.webhook_key, {});

  const given = [];
  for (const { ref } of rules) {
    const [summary] = await webhook.executions(`rule_ref=${ref}`);
    given.push(
      (await webhook.dataOf<Execution>(webhook.send('GET', `/executions/${summary!.id}`))).permission_set_refs,
    );
  }
  expect(given).toEqual([['core.viewer'], undefined, ['core.executor']]);
});

test('event reads are open; an enforcement takes its grant', async () => {
  const trigger = await webhook.hook();
  await webhook.rule(trigger.ref);
  const id = await webhook.fire(trigger.webhook_key, {});
  const [enforcement] = await webhook.enforcements(id);
  const withoutGrant = await webhook.holderOf([]);

  const get = async (path: string) => (await webhook.send('GET', path, undefined, withoutGrant)).statusCode;

  expect(await get('/events')).toBe(200);
  expect(await get(`/events/${id}`)).toBe(200);
  expect(await get('/enforcements')).toBe(200);
  expect(await get(`/enforcements/${enforcement!.id}`)).toBe(403);
  expect(await get('/enforcements/999999')).toBe(404);
  expect(await get('/events/999999/decisions')).toBe(404);
  expect(await get('/enforcements?status=open')).toBe(400);
});
