import type { Database } from '../../../platform/store/database/connection';
import { withTimers } from '../timers/with-timers';
import { ProcessDied, dieAt, type Moment } from './crashing-database';

const timers = withTimers();

const EACH_SECOND = { unit: 'seconds', interval: 1 };
const BEFORE = '2026-11-20T12:00:00Z';
const DUE = '2026-11-20T12:00:01Z';

/** Fires the due timers and evaluates their events, as the loops of one process do. */
async function runLoops(db: Database): Promise<void> {
  await timers.fire(db);
  await timers.evaluateRules(db);
}

interface Counts {
  readonly events: number;
  readonly enforcements: number;
  readonly executions: number;
}

/** What the rule's occurrences have caused so far. */
async function countsOf(rule: string): Promise<Counts> {
  const { rows } = await timers.owner().query<Counts>(
    `select (select count(*)::int from event where rule_ref = $1) as events,
       (select count(*)::int from enforcement where rule_ref = $1) as enforcements,
       (select count(*)::int from execution e join enforcement f on f.id = e.enforcement
         where f.rule_ref = $1) as executions`,
    [rule],
  );
  return rows[0]!;
}

/** One occurrence, whose process dies where `dying` says; another process takes over. */
async function fireOnce(dying: Database): Promise<Counts> {
  await timers.setClock(BEFORE);
  const { ref, id } = await timers.rule('core.intervaltimer', EACH_SECOND);
  await timers.fire(); // plans the timer
  await timers.setClock(DUE);
  await runLoops(dying).catch((error: unknown) => {
    if (!(error instanceof ProcessDied)) throw error;
  });
  await runLoops(timers.db());
  const counts = await countsOf(ref);
  await timers.remove(id);
  return counts;
}

test('DU-02 DU-04 a timer host that dies at any commit fires once', async () => {
  const whole = dieAt(timers.db(), Infinity, 'after');
  const once = { events: 1, enforcements: 1, executions: 1 };
  expect(await fireOnce(whole)).toEqual(once);
  expect(whole.count()).toBeGreaterThanOrEqual(4);

  for (let at = 1; at <= whole.count(); at++) {
    for (const moment of ['before', 'after'] satisfies Moment[]) {
      expect({ at, moment, ...(await fireOnce(dieAt(timers.db(), at, moment))) }).toEqual({ at, moment, ...once });
    }
  }
});
