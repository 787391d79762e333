import { pino } from 'pino';
import { errorSubject } from '../../../platform/base/error-subject';
import { fireTimers } from '../../../platform/executor/events/fire-timers';
import { RowIsolation } from '../../../platform/store/database/row-isolation';
import { withTimers } from './with-timers';

const timers = withTimers();
const OTHER = 2;

beforeAll(() =>
  timers.owner().query(`insert into tenant (id, slug, name) overriding system value values (2, 'o', 'o')`),
);

/** The same rule, of another tenant. */
async function copyRule(id: number): Promise<string> {
  const { rows } = await timers.owner().query<{ ref: string }>(
    `insert into rule select (jsonb_populate_record(null::rule, to_jsonb(r) || jsonb_build_object('tenant', $2::int,
       'id', nextval(pg_get_serial_sequence('rule', 'id')), 'ref', r.ref || '-2'))).* from rule r where id = $1
     returning ref`,
    [id, OTHER],
  );
  return rows[0]!.ref;
}

test('timers fire beside one that fails, in its tenant and in others', async () => {
  await timers.setClock('2026-11-20T12:00:00Z');
  const hourly = { unit: 'hours', interval: 1 };
  const bad = await timers.rule('core.intervaltimer', hourly);
  const good = await timers.rule('core.intervaltimer', hourly);
  const other = await copyRule(good.id);
  await timers.fire(); // plans the copy
  await timers.owner().query(`
    create function reject_event() returns trigger language plpgsql as $$ begin raise 'rejected'; end $$;
    create trigger reject_event before insert on event for each row when (new.rule = ${bad.id})
      execute function reject_event()`);
  const failed: unknown[] = [];
  const log = pino(
    { base: null, serializers: { err: (error: unknown) => void failed.push(errorSubject(error)) } },
    {
      write: () => undefined,
    },
  );
  const isolation = new RowIsolation();
  const fire = () => fireTimers(timers.db(), () => undefined, log, isolation);
  const counts = () => Promise.all([bad.ref, good.ref, other].map(async (ref) => (await timers.events(ref)).length));

  await timers.setClock('2026-11-20T13:00:00Z');
  const sleepMs = await fire();

  expect(await counts()).toEqual([0, 1, 1]);
  expect(failed).toEqual([{ tenant: 1, rule: bad.id }]);
  expect(sleepMs).toBe(0); // others have fired
  expect(await fire()).toBeGreaterThan(1_000); // only the failed one is due: no retry at once

  await timers.owner().query('drop trigger reject_event on event');
  await timers.setClock('2026-11-20T13:00:05Z');
  await fireTimers(timers.db(), () => undefined, log, new RowIsolation());
  expect(await counts()).toEqual([1, 1, 1]);
});
