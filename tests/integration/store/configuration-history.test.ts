import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { runPass } from '../retention/retention-settings';
import { withDatabase } from '../database/with-database';
import { withOwner } from '../database/with-owner';

const SECRET = 'hunter2-hunter2';
const DAY_S = 86_400;
const database = withDatabase();
const { query, insert } = withOwner(database);

interface Change {
  readonly operation: string;
  readonly entity_ref: string | null;
  readonly changed_fields: readonly string[];
  readonly old_values: object | null;
  readonly new_values: object | null;
}

const changesOf = (entity: 'rule' | 'key' | 'sensor_process', id: number) =>
  query<Change>(
    `select operation, entity_ref, changed_fields, old_values, new_values from ${entity}_history
     where entity_id = $1 order by id`,
    [id],
  );

/** A pack, an action with a secret parameter, and a rule that gives it a value. */
async function insertRule(): Promise<{ ref: string; rule: number; pack: number }> {
  const name = `p${randomUUID().slice(0, 8)}`;
  const pack = await insert(`insert into pack (ref, label, version) values ($1, 'x', '1.0.0')`, [name]);
  const schema = { token: { type: 'string', secret: true }, n: { type: 'integer' } };
  const action = await insert(
    `insert into action (ref, pack, pack_ref, label, entrypoint, param_schema) values ($1, $2, $3, 'x', 'x', $4)`,
    [`${name}.act`, pack, name, schema],
  );
  const rule = await insert(
    `insert into rule (ref, pack, pack_ref, label, trigger_ref, action, action_ref, action_params)
     values ($1, $2, $3, 'first', 'core.intervaltimer', $4, $5, $6)`,
    [`${name}.rule`, pack, name, action, `${name}.act`, { token: SECRET, n: 1 }],
  );
  return { ref: `${name}.rule`, rule, pack };
}

test('a rule has a row for each change, and none for an update without one', async () => {
  const { ref, rule } = await insertRule();
  await query(`update rule set label = 'second', enabled = false where id = $1`, [rule]);
  await query(`update rule set updated = platform_now() where id = $1`, [rule]);
  await query('delete from rule where id = $1', [rule]);

  const [created, changed, removed, ...more] = await changesOf('rule', rule);

  expect(created).toMatchObject({ operation: 'INSERT', entity_ref: ref, changed_fields: [], old_values: null });
  expect(created!.new_values).toMatchObject({ label: 'first', enabled: true, trigger_ref: 'core.intervaltimer' });
  expect(changed).toEqual({
    operation: 'UPDATE',
    entity_ref: ref,
    changed_fields: ['enabled', 'label'],
    old_values: { enabled: true, label: 'first' },
    new_values: { enabled: false, label: 'second' },
  });
  expect(removed).toMatchObject({ operation: 'DELETE', entity_ref: ref, new_values: null });
  expect(more).toEqual([]);
});

test('a parameter that the action declares secret is redacted', async () => {
  const { rule } = await insertRule();
  await query('update rule set action_params = $2 where id = $1', [rule, { token: `${SECRET}-2`, n: 1 }]);

  const [created, changed] = await changesOf('rule', rule);

  expect(created!.new_values).toMatchObject({ action_params: { token: '***', n: 1 } });
  expect(changed).toMatchObject({
    changed_fields: ['action_params'],
    old_values: { action_params: { token: '***', n: 1 } },
    new_values: { action_params: { token: '***', n: 1 } },
  });
  expect(JSON.stringify(await changesOf('rule', rule))).not.toContain(SECRET);
});

test('a key has a row for each change, which shows that its value changed', async () => {
  const ref = `k${randomUUID().slice(0, 8)}`;
  const id = await insert(`insert into key (ref, owner_type, name, value) values ($1, 'system', $1, $2)`, [
    ref,
    JSON.stringify(SECRET),
  ]);
  await query('update key set value = $2, version = 2 where id = $1', [id, JSON.stringify(`${SECRET}-2`)]);
  await query(`update key set name = name || 'x' where id = $1`, [id]);
  await query('update key set updated = platform_now() where id = $1', [id]);
  await query('delete from key where id = $1', [id]);

  const changes = await changesOf('key', id);

  expect(changes.map(({ operation, entity_ref, changed_fields }) => [operation, entity_ref, changed_fields])).toEqual([
    ['INSERT', ref, []],
    ['UPDATE', ref, ['value', 'version']],
    ['UPDATE', ref, ['name']],
    ['DELETE', ref, []],
  ]);
  expect(changes[1]).toMatchObject({
    old_values: { value: '***', version: 1 },
    new_values: { value: '***', version: 2 },
  });
  expect(JSON.stringify(changes)).not.toContain(SECRET);
});

test('a key that has expired is a removed one', async () => {
  const id = await insert(
    `insert into key (ref, owner_type, name, value, expires_at)
     values ('expired', 'system', 'expired', '1', platform_now() - interval '1 s')`,
  );
  await query('select delete_expired_keys(null)');

  expect((await changesOf('key', id)).map(({ operation }) => operation)).toEqual(['INSERT', 'DELETE']);
});

test('a sensor process has a row for each change of its state', async () => {
  const ref = `s${randomUUID().slice(0, 8)}.sensor`;
  const sensor = await insert(`insert into sensor (ref) values ($1)`, [ref]);
  const id = await insert(`insert into sensor_process (sensor, pid) values ($1, 7)`, [sensor]);
  await query(`update sensor_process set status = 'failed', pid = null, failures = 1, error = 'exit 3' where id = $1`, [
    id,
  ]);
  await query('delete from sensor where id = $1', [sensor]);

  const [created, changed, removed] = await changesOf('sensor_process', id);

  expect(created).toMatchObject({
    operation: 'INSERT',
    entity_ref: ref,
    new_values: { sensor, status: 'running', pid: 7 },
  });
  expect(changed).toMatchObject({
    changed_fields: ['error', 'failures', 'pid', 'status'],
    old_values: { error: null, failures: 0, pid: 7, status: 'running' },
    new_values: { error: 'exit 3', failures: 1, pid: null, status: 'failed' },
  });
  expect(removed).toMatchObject({ operation: 'DELETE', entity_ref: null, old_values: { status: 'failed' } });
});

test('a change that is rolled back has no row', async () => {
  const { rule } = await insertRule();
  const rolledBack = database().db.inTenant(1, async (transaction) => {
    await sql`update rule set label = 'never' where id = ${rule}`.execute(transaction);
    throw new Error('rolled back');
  });
  await expect(rolledBack).rejects.toThrow('rolled back');

  expect(await changesOf('rule', rule)).toHaveLength(1);
});

test('the application cannot write these histories, and sees its tenant alone', async () => {
  const { rule } = await insertRule();
  const tenant = await insert(`insert into tenant (slug, name) values ('other', 'other')`);
  const run = (statement: string, of = 1) =>
    database().db.inTenant(of, (transaction) => sql.raw<{ count: number }>(statement).execute(transaction));

  for (const table of ['rule_history', 'key_history', 'sensor_process_history'])
    for (const statement of [
      `update ${table} set entity_ref = 'x'`,
      `delete from ${table}`,
      `insert into ${table} (tenant, time, operation, entity_id) values (1, platform_now(), 'INSERT', 1)`,
    ])
      await expect(run(statement)).rejects.toMatchObject({ code: '42501' });
  const count = `select count(*)::int as count from rule_history where entity_id = ${rule}`;
  expect([(await run(count)).rows, (await run(count, tenant)).rows]).toEqual([[{ count: 1 }], [{ count: 0 }]]);
});

test('changes of rules and keys are kept as long as the audit log', async () => {
  await query('truncate rule_history, key_history, sensor_process_history');
  for (const table of ['rule_history', 'key_history', 'sensor_process_history'])
    for (const days of [29, 31, 91])
      await query(
        `insert into ${table} (tenant, time, operation, entity_id)
         values (1, platform_now() - $1 * interval '1 day', 'INSERT', $1)`,
        [days],
      );

  const pass = await runPass(database(), { maxAgeSeconds: 30 * DAY_S });

  const daysIn = async (table: string) =>
    (await query<{ days: number }>(`select entity_id as days from ${table} order by id`)).map(({ days }) => days);
  expect([await daysIn('rule_history'), await daysIn('key_history')]).toEqual([
    [29, 31],
    [29, 31],
  ]);
  expect(await daysIn('sensor_process_history')).toEqual([29]);
  expect(pass?.removed).toEqual({ audit_events: 2, sensor_process_history: 2 });
});
