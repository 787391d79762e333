import { fc } from '../../seeded-properties';
import { sql } from 'kysely';
import { NEXT, TERMINAL, type Status } from '../../../contract/status';
import { DISPATCH_CHANNEL } from '../../../platform/store/database/notify';
import { histories, HistoryPlayer, type History } from './random-history';
import { TENANT, withExecutor } from './with-executor';

/** A history of some 90 operations takes seconds on a busy host. */
const HISTORIES_MS = 600_000;
jest.setTimeout(HISTORIES_MS + 60_000);

const testPlatform = withExecutor();

const asOwner = testPlatform.queryAsOwner;

beforeAll(async () => {
  await asOwner(`
    create table status_history (seq bigint generated always as identity, execution bigint, status text);
    create index on status_history (execution);
    grant select on status_history to public;
    create function record_status() returns trigger language plpgsql security definer as $$
    begin
      insert into status_history (execution, status) values (new.id, new.status);
      return null;
    end $$;
    create trigger record_insert after insert on execution for each row execute function record_status();
    create trigger record_update after update of status on execution for each row
      when (old.status <> new.status) execute function record_status()`);
  const retry = { count: 1, delay: 0 };
  const tasks = [
    { name: 'a', action: 'test.act', retry, next: [{ do: ['b', 'gone'] }] },
    { name: 'b', action: 'test.act', with_items: '{{ [1, 2] }}', concurrency: 1 },
    { name: 'gone', action: 'test.nothing' },
  ];
  await testPlatform.createWorkflow('flow', { cancellation_policy: 'cancel_running', tasks });
  const nested = [
    { name: 'inner', action: 'test.flow' },
    { name: 'act', action: 'test.act' },
  ];
  await testPlatform.createWorkflow('nested', { tasks: nested });
});

interface Played {
  readonly id: number;
  readonly tenant: number;
  readonly parent: number | null;
  readonly status: Status;
  readonly finished: boolean;
  readonly settled: boolean;
  /** False for an item that its workflow has not started. */
  readonly released: boolean;
  readonly is_task: boolean;
  readonly is_run: boolean;
  readonly leases: number;
  /** Statuses in order, the first at the insert. */
  readonly statuses: Status[];
  /** Types of its own end entries. */
  readonly own_ends: string[];
  /** Number of the end entries of its tasks. */
  readonly step_ends: number;
}

const played = async (): Promise<Played[]> => {
  const { rows } = await testPlatform.db().inTenant(TENANT, (transaction) =>
    sql<Played>`select e.id, e.tenant, e.parent, e.status, e.finished_at is not null as finished, e.settled, e.released,
      e.workflow_execution is not null as is_task,
      exists (select from workflow_execution r where r.execution = e.id) as is_run,
      (select array_agg(h.status order by h.seq) from status_history h where h.execution = e.id) as statuses,
      (select count(*) from lease l where l.resource = 'execution:' || e.id) as leases,
      array(select l.type from execution_event l where l.execution = e.id
        and l.type ~ '^EXECUTION_(COMPLETED|FAILED|CANCELLED|TIMED_OUT|ABANDONED)$') as own_ends,
      (select count(*) from execution_event l where l.execution = e.id
        and l.type in ('STEP_COMPLETED', 'STEP_FAILED', 'STEP_CANCELLED', 'STEP_RETRIED')) as step_ends
    from execution e order by e.id`.execute(transaction),
  );
  return rows;
};

const isEnded = ({ status }: Played): boolean => TERMINAL.includes(status);

const OWN_END: Partial<Record<Status, string>> = { timeout: 'EXECUTION_TIMED_OUT' };
const ownEnd = (status: Status): string => OWN_END[status] ?? `EXECUTION_${status.toUpperCase()}`;

function checkStatuses({ status, finished, statuses }: Played): void {
  const edges = statuses.slice(1).map((to, index) => [statuses[index]!, to] as const);
  expect(edges.filter(([from, to]) => !(NEXT[from] as readonly Status[]).includes(to))).toEqual([]);
  expect(statuses.filter((each) => TERMINAL.includes(each))).toHaveLength(TERMINAL.includes(status) ? 1 : 0);
  expect(finished).toBe(TERMINAL.includes(status));
}

function checkEntries(execution: Played): void {
  const logsItself = isEnded(execution) && (!execution.is_task || execution.is_run);
  expect(execution.own_ends).toEqual(logsItself ? [ownEnd(execution.status)] : []);
}

/** A task's end is logged once; an unreleased item's only if it ended before its workflow. */
function checkSteps(run: Played, all: readonly Played[]): void {
  const ended = all.filter((execution) => execution.parent === run.id && isEnded(execution));
  expect(run.step_ends).toBeGreaterThanOrEqual(ended.filter(({ released }) => released).length);
  expect(run.step_ends).toBeLessThanOrEqual(ended.length);
}

const LEASED: readonly Status[] = ['scheduled', 'running', 'canceling'];

/** Ended tasks whose end the workflow has not processed. */
const unprocessed = (all: readonly Played[]): Played[] =>
  all.filter((execution) => execution.is_task && isEnded(execution) && !execution.settled);

/** Plays a history on an empty database, and checks the rules after each operation. */
async function check(history: History): Promise<void> {
  await asOwner(`delete from execution; delete from lease; delete from status_history`);
  const player = new HistoryPlayer(testPlatform);
  const listener = await testPlatform.listen(DISPATCH_CHANNEL);
  const notified = new Set<number>();
  await player.play(history, async () => {
    const all = await played();
    all.forEach(checkStatuses);
    all.forEach(checkEntries);
    expect(all.filter(({ status, leases }) => leases > 0 && !LEASED.includes(status))).toEqual([]);
    const ended = unprocessed(all).filter(({ id }) => !notified.has(id));
    ended.forEach(({ id }) => notified.add(id));
    const parents = ended.map(({ tenant, parent }) => JSON.stringify({ tenant, execution: parent }));
    expect(await listener.received()).toEqual(expect.arrayContaining(parents));
  });
  await listener.close();
  await player.settle();
  const all = await played();
  for (const run of all.filter(({ is_run }) => is_run)) checkSteps(run, all);
}

test('DU-12 every random history keeps the rules of the lifecycle', async () => {
  // A failure is reported with the history as far as it could be shortened in this time.
  const limits = { interruptAfterTimeLimit: HISTORIES_MS, markInterruptAsFailure: true };
  await fc.assert(fc.asyncProperty(histories, check), { numRuns: 20, ...limits });
});
