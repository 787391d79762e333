import { withTimers } from './with-timers';

const timers = withTimers();

beforeEach(() => timers.setClock('2026-11-20T12:00:00Z'));
afterEach(() => timers.owner().query('delete from rule'));

const EACH_SECOND = { unit: 'seconds', interval: 1 };

test('an interval fires one interval after its rule is enabled', async () => {
  const rule = await timers.rule('core.intervaltimer', EACH_SECOND);

  expect(rule).toMatchObject({ timer_state: 'armed', next_fire_at: '2026-11-20T12:00:01Z', timer_reason: null });
  expect(await timers.firedAt('2026-11-20T12:00:00.999Z', rule.ref)).toEqual([]);
  expect(await timers.firedAt('2026-11-20T12:00:01.004Z', rule.ref)).toEqual([
    {
      type: 'interval',
      interval_seconds: 1,
      fired_at: '2026-11-20T12:00:01.004000+00:00',
      execution_count: 1,
      sensor_ref: 'core.timer_sensor',
    },
  ]);
  expect(await timers.read(rule.ref)).toMatchObject({ next_fire_at: '2026-11-20T12:00:02Z' });
});

test('a timer event names its rule and the core timer sensor', async () => {
  const rule = await timers.rule('core.intervaltimer', EACH_SECOND);
  await timers.firedAt('2026-11-20T12:00:01Z', rule.ref);

  const { rows } = await timers.owner().query(
    `select e.rule, e.rule_ref, e.trigger_ref, e.source_ref, s.ref as sensor, s.tenant, t.sensor_ref
     from event e join sensor s on s.id = e.source join trigger t on t.id = e.trigger where e.rule = $1`,
    [rule.id],
  );

  const sensor = 'core.timer_sensor';
  const names = { rule: rule.id, rule_ref: rule.ref, trigger_ref: 'core.intervaltimer' };
  expect(rows).toEqual([{ ...names, source_ref: sensor, sensor, tenant: 0, sensor_ref: sensor }]);
});

test('a late fire does not shift the phase', async () => {
  const rule = await timers.rule('core.intervaltimer', EACH_SECOND);

  for (let second = 1; second <= 9; second++) await timers.firedAt(`2026-11-20T12:00:0${second}.4Z`, rule.ref);

  expect((await timers.events(rule.ref)).map(({ execution_count: n }) => n)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(await timers.read(rule.ref)).toMatchObject({ next_fire_at: '2026-11-20T12:00:10Z' });
});

test('CR-06 missed ticks do not fire, and the phase stays', async () => {
  const rule = await timers.rule('core.intervaltimer', EACH_SECOND);

  expect(await timers.firedAt('2026-11-20T12:00:05.5Z', rule.ref)).toHaveLength(1);
  expect(await timers.firedAt('2026-11-20T12:10:00.2Z', rule.ref)).toEqual([]);
  expect(await timers.read(rule.ref)).toMatchObject({ next_fire_at: '2026-11-20T12:10:01Z' });
  expect(await timers.firedAt('2026-11-20T12:10:01Z', rule.ref)).toMatchObject([{ execution_count: 2 }]);
});

test('CR-06 a clock set by an hour neither repeats nor stops an interval', async () => {
  const rule = await timers.rule('core.intervaltimer', EACH_SECOND);

  const forward = [
    await timers.firedAt('2026-11-20T13:00:00.5Z', rule.ref),
    await timers.firedAt('2026-11-20T13:00:01.5Z', rule.ref),
  ];
  const back = [
    await timers.firedAt('2026-11-20T12:00:01.5Z', rule.ref),
    await timers.firedAt('2026-11-20T12:00:02.5Z', rule.ref),
    await timers.firedAt('2026-11-20T12:00:03.5Z', rule.ref),
  ];

  expect(forward.map(({ length }) => length)).toEqual([0, 1]);
  expect(back.map(({ length }) => length)).toEqual([0, 1, 1]);
});

test('after a clock set back, wildcards repeat and fixed times do not', async () => {
  const wild = await timers.rule('core.crontimer', { expression: '0 */10 * * * *' });
  const fixed = await timers.rule('core.crontimer', { expression: '0 10 12 * * *' });
  await timers.firedAt('2026-11-20T12:10:00Z', wild.ref);
  expect([await timers.events(wild.ref), await timers.events(fixed.ref)].map(({ length }) => length)).toEqual([1, 1]);

  await timers.firedAt('2026-11-20T11:55:00Z', wild.ref);
  for (const at of ['2026-11-20T12:00:00Z', '2026-11-20T12:10:00Z']) await timers.firedAt(at, wild.ref);

  expect([await timers.events(wild.ref), await timers.events(fixed.ref)].map(({ length }) => length)).toEqual([3, 1]);
  expect(await timers.read(fixed.ref)).toMatchObject({ next_fire_at: '2026-11-21T12:10:00Z' });
});

test('a cron payload has the scheduled and the next instant', async () => {
  const params = { expression: '0 30 2 * * *', timezone: 'America/New_York' };
  await timers.setClock('2026-03-07T12:00:00Z');
  const rule = await timers.rule('core.crontimer', params);

  expect(await timers.firedAt('2026-03-08T07:00:00.25Z', rule.ref)).toEqual([
    {
      ...params,
      type: 'cron',
      fired_at: '2026-03-08T07:00:00.250000+00:00',
      scheduled_at: '2026-03-08T07:00:00.000000+00:00',
      next_fire_at: '2026-03-09T06:30:00.000000+00:00',
      execution_count: 1,
      sensor_ref: 'core.timer_sensor',
    },
  ]);
});

test('a date fires once at its instant and then has expired', async () => {
  const rule = await timers.rule('core.datetimetimer', { fire_at: '2026-11-20T14:00:00.7+01:00' });

  expect(await timers.firedAt('2026-11-20T13:00:00.699999Z', rule.ref)).toEqual([]);
  expect(await timers.firedAt('2026-11-20T13:00:00.71Z', rule.ref)).toEqual([
    {
      type: 'one_shot',
      fire_at: '2026-11-20T13:00:00.700000+00:00',
      fired_at: '2026-11-20T13:00:00.710000+00:00',
      timezone: 'UTC',
      delay_ms: 10,
      sensor_ref: 'core.timer_sensor',
    },
  ]);
  expect(await timers.read(rule.ref)).toMatchObject({ timer_state: 'expired', next_fire_at: null });
  expect(await timers.firedAt('2027-11-20T13:00:00Z', rule.ref)).toEqual([]);
});

test.each(['2026-11-20T12:00:00Z', '2026-11-20T11:59:59Z', '2026-11-20T11:00:00Z', '2016-11-20T12:00:00Z'])(
  'a past date %s never fires, also when enabled again',
  async (fire_at) => {
    const rule = await timers.rule('core.datetimetimer', { fire_at });
    expect(rule).toMatchObject({ enabled: true, timer_state: 'expired', next_fire_at: null });

    await timers.change(rule.id, { enabled: false });
    expect(await timers.change(rule.id, { enabled: true })).toMatchObject({ timer_state: 'expired' });

    expect(await timers.firedAt('2026-11-20T12:00:05Z', rule.ref)).toEqual([]);
  },
);

test('a past date of a rule that SQL enabled never fires', async () => {
  const params = { fire_at: '2026-11-20T12:00:10Z' };
  const rule = await timers.rule('core.datetimetimer', params, { enabled: false });
  await timers.setClock('2026-11-20T12:00:20Z');
  await timers.owner().query('update rule set enabled = true where id = $1', [rule.id]);

  expect(await timers.firedAt('2026-11-20T12:00:21Z', rule.ref)).toEqual([]);
  expect(await timers.read(rule.ref)).toMatchObject({ timer_state: 'expired', next_fire_at: null });
});

test('a missed date has expired with a reason', async () => {
  const rule = await timers.rule('core.datetimetimer', { fire_at: '2026-11-20T12:05:00Z' });

  expect(await timers.firedAt('2026-11-20T12:15:00Z', rule.ref)).toEqual([]);
  expect(await timers.read(rule.ref)).toMatchObject({
    timer_state: 'expired',
    timer_reason: 'its last occurrence was missed',
  });
});

test('a recurrence expires after its count', async () => {
  const params = { dtstart: '2026-11-20T12:00:10Z', freq: 'secondly', interval: 5, count: 2 };
  const rule = await timers.rule('core.rruletimer', params);

  const fired = [
    ...(await timers.firedAt('2026-11-20T12:00:10Z', rule.ref)),
    ...(await timers.firedAt('2026-11-20T12:00:15.02Z', rule.ref)),
    ...(await timers.firedAt('2026-11-20T12:00:20Z', rule.ref)),
  ];

  expect(fired).toMatchObject([
    { type: 'rrule', scheduled_at: '2026-11-20T12:00:10.000000+00:00', delay_ms: 0, execution_count: 1 },
    { type: 'rrule', scheduled_at: '2026-11-20T12:00:15.000000+00:00', delay_ms: 20, execution_count: 2 },
  ]);
  expect(fired).toHaveLength(2);
  expect(await timers.read(rule.ref)).toMatchObject({ timer_state: 'expired', next_fire_at: null });
});

test.each([
  ['core.crontimer', { expression: '* * * * *' }, /^CRON_INVALID: /],
  ['core.crontimer', { expression: '0 0 0 30 2 *' }, /^CRON_INVALID: no date matches/],
  ['core.crontimer', { expression: '* * * * * *', timezone: 'Mars/X' }, /^CRON_INVALID: timezone/],
  ['core.datetimetimer', { fire_at: '10000-01-01T00:00:00Z' }, /^OUT_OF_RANGE: /],
  ['core.datetimetimer', { fire_at: '2030-01-01T00:00:00' }, /^DATE_INVALID: /],
  ['core.rruletimer', { dtstart: '2026-01-01T00:00:00Z', freq: 'often' }, /^RRULE_INVALID: /],
  [
    'core.rruletimer',
    { dtstart: '2026-01-01T00:00:00Z', rule: 'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30' },
    /^RRULE_INVALID: no date/,
  ],
])('%s %j is stored with the reason why it never fires', async (trigger, params, reason) => {
  const rule = await timers.rule(trigger, params);

  expect(rule).toMatchObject({ enabled: true, timer_state: 'invalid', next_fire_at: null });
  expect(rule.timer_reason).toMatch(reason);
});
