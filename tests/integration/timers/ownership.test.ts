import { Client } from 'pg';
import type { Rule } from '../../../contract/rules';
import { withTimers } from './with-timers';

const timers = withTimers();

beforeEach(() => timers.setClock('2026-11-20T12:00:00Z'));
afterEach(() => timers.owner().query('delete from rule'));

const EACH_SECOND = { unit: 'seconds', interval: 1 };
const at = (second: number) => `2026-11-20T12:00:${String(second).padStart(2, '0')}Z`;
const counts = async (ref: string) => (await timers.events(ref)).map(({ execution_count: n }) => n);

test('DU-09 three platforms at once create one event per occurrence', async () => {
  const rules: Rule[] = [];
  for (let n = 0; n < 40; n++) rules.push(await timers.rule('core.intervaltimer', EACH_SECOND));
  const others = [timers.anotherPlatform(), timers.anotherPlatform()];

  for (const second of [1, 2, 3]) {
    await timers.setClock(at(second));
    await Promise.all([timers.fire(), ...others.map((db) => timers.fire(db))]);
  }

  await Promise.all(others.map((db) => db.close()));
  expect(await Promise.all(rules.map(({ ref }) => counts(ref)))).toEqual(rules.map(() => [1, 2, 3]));
});

test('DU-04 timers locked by a dead platform are fired once by another', async () => {
  const rules: Rule[] = [];
  for (let n = 0; n < 5; n++) rules.push(await timers.rule('core.intervaltimer', EACH_SECOND));
  const dying = new Client({ connectionString: timers.url() });
  dying.on('error', () => undefined); // the server ends the connection, as a crash does
  await dying.connect();
  await dying.query('begin');
  const { rows } = await dying.query<{ pid: number }>(
    `select pg_backend_pid() as pid from timer where state = 'armed' for update`,
  );

  await timers.setClock(at(1));
  await timers.fire();
  const held = await Promise.all(rules.map(({ ref }) => counts(ref)));
  await timers.owner().query('select pg_terminate_backend($1, 5000)', [rows[0]!.pid]);
  await timers.fire();

  expect(held).toEqual(rules.map(() => []));
  expect(await Promise.all(rules.map(({ ref }) => counts(ref)))).toEqual(rules.map(() => [1]));
});

test('DU-04 an event of a dead platform is processed once by another', async () => {
  const rule = await timers.rule('core.intervaltimer', EACH_SECOND);
  await timers.firedAt(at(1), rule.ref);
  const other = timers.anotherPlatform();

  await Promise.all([timers.evaluateRules(), timers.evaluateRules(other)]);
  await timers.evaluateRules(other);

  await other.close();
  const { rows } = await timers.owner().query('select status from enforcement where rule_ref = $1', [rule.ref]);
  expect(rows).toEqual([{ status: 'processed' }]);
});

test('an occurrence of a removed rule fires no other rule', async () => {
  const [gone, other] = [
    await timers.rule('core.intervaltimer', EACH_SECOND),
    await timers.rule('core.intervaltimer', { unit: 'hours', interval: 1 }),
  ];
  await timers.firedAt(at(1), gone.ref);
  await timers.remove(gone.id);

  await timers.evaluateRules();

  const { rows } = await timers
    .owner()
    .query('select rule_ref from enforcement where rule_ref = any($1)', [[gone.ref, other.ref]]);
  expect([rows, (await timers.events(gone.ref)).length]).toEqual([[], 1]);
});

test('a disabled, changed or removed rule has no more occurrences', async () => {
  const [off, changed, removed] = [
    await timers.rule('core.intervaltimer', EACH_SECOND),
    await timers.rule('core.intervaltimer', EACH_SECOND),
    await timers.rule('core.intervaltimer', EACH_SECOND),
  ];
  await timers.firedAt(at(1), off.ref);

  expect(await timers.change(off.id, { enabled: false })).toMatchObject({ timer_state: 'off', next_fire_at: null });
  await timers.change(changed.id, { trigger_params: { unit: 'hours', interval: 1 } });
  await timers.remove(removed.id);
  await timers.firedAt(at(30), off.ref);

  expect(await Promise.all([off, changed, removed].map(({ ref }) => counts(ref)))).toEqual([[1], [1], [1]]);
});

test('enabling a rule again starts a new phase and count', async () => {
  const [again, neighbour] = [
    await timers.rule('core.intervaltimer', EACH_SECOND),
    await timers.rule('core.intervaltimer', { unit: 'seconds', interval: 10 }),
  ];
  await timers.firedAt(at(1), again.ref);
  await timers.change(again.id, { enabled: false });
  await timers.setClock('2026-11-20T12:00:03.3Z');

  expect(await timers.change(again.id, { enabled: true })).toMatchObject({ next_fire_at: '2026-11-20T12:00:04.3Z' });

  expect(await timers.firedAt('2026-11-20T12:00:04.4Z', again.ref)).toMatchObject([{ execution_count: 1 }]);
  expect(await timers.read(neighbour.ref)).toMatchObject({ next_fire_at: '2026-11-20T12:00:10Z' });
});

test('a change of other fields keeps the phase', async () => {
  const rule = await timers.rule('core.intervaltimer', EACH_SECOND);
  await timers.setClock('2026-11-20T12:00:00.5Z');

  await timers.change(rule.id, { label: 'another', trigger_params: EACH_SECOND, enabled: true });

  expect(await timers.read(rule.ref)).toMatchObject({ label: 'another', next_fire_at: '2026-11-20T12:00:01Z' });
});

test('a timer fires on after the largest number of 32 bits', async () => {
  const rule = await timers.rule('core.intervaltimer', EACH_SECOND);
  await timers.owner().query('update timer set fires = 2147483646 where rule = $1', [rule.id]);

  for (const second of [1, 2, 3]) await timers.firedAt(at(second), rule.ref);

  expect(await counts(rule.ref)).toEqual([2147483647, 2147483648, 2147483649]);
});

test('a rule that is being disabled is skipped', async () => {
  const [held, free] = [
    await timers.rule('core.intervaltimer', EACH_SECOND),
    await timers.rule('core.intervaltimer', EACH_SECOND),
  ];
  const client = await timers.owner().connect();
  await client.query('begin');
  await client.query('update rule set enabled = false where id = $1', [held.id]);

  await timers.firedAt(at(1), free.ref);
  await client.query('commit');
  client.release();
  await timers.firedAt(at(2), free.ref);

  expect([await counts(held.ref), await counts(free.ref)]).toEqual([[], [1, 2]]);
});

test('timers follow a rule that plain SQL enables or disables', async () => {
  const rule = await timers.rule('core.intervaltimer', EACH_SECOND, { enabled: false });
  expect(rule).toMatchObject({ timer_state: 'off', next_fire_at: null });

  await timers.owner().query('update rule set enabled = true where id = $1', [rule.id]);
  await timers.fire();
  expect(await timers.read(rule.ref)).toMatchObject({ timer_state: 'armed', next_fire_at: '2026-11-20T12:00:01Z' });
  await timers.owner().query('update rule set enabled = false where id = $1', [rule.id]);

  expect(await timers.firedAt(at(9), rule.ref)).toEqual([]);
});

test('timers of a frozen tenant do not fire, then or later', async () => {
  const rule = await timers.rule('core.intervaltimer', EACH_SECOND);
  await timers.owner().query('update tenant set frozen = true where id = 1');
  expect(await timers.firedAt('2026-11-20T12:05:00Z', rule.ref)).toEqual([]);

  await timers.owner().query('update tenant set frozen = false where id = 1');

  expect(await timers.firedAt('2026-11-20T12:05:00.5Z', rule.ref)).toEqual([]);
  expect(await timers.read(rule.ref)).toMatchObject({ next_fire_at: '2026-11-20T12:05:01Z' });
});
