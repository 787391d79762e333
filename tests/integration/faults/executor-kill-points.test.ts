import { sql } from 'kysely';
import type { Execution, LogType } from '../../../contract/executions';
import { sized } from '../../../helpers/sized';
import { advanceWorkflow } from '../../../platform/executor/advance';
import { dispatchRequested } from '../../../platform/executor/dispatch';
import type { Database } from '../../../platform/store/database/connection';
import { completed, withExecutor } from '../executor/with-executor';
import { ProcessDied, dieAt, type Moment } from './crashing-database';

jest.setTimeout(600_000);

const ITEMS = sized({ ci: 6, full: 500 });
/** Of the commits of a long run so many are tried, evenly spread. */
const MOST_POINTS = 60;
const STALE_MS = 60_000;

const testPlatform = withExecutor();
let workflow: string;
beforeAll(async () => {
  const items = Array.from({ length: ITEMS }, (_, item) => item);
  workflow = await testPlatform.createWorkflow('killed', {
    version: '1.0.0',
    tasks: [
      { name: 'first', action: 'test.act', next: [{ when: '{{ succeeded() }}', do: ['each'] }] },
      { name: 'each', action: 'test.act', with_items: items, concurrency: 4, next: [{ do: ['last'] }] },
      { name: 'last', action: 'test.act' },
    ],
  });
});

interface DueRow {
  readonly tenant: number;
  readonly execution: number | null;
}

/** What an executor does that finds its work in the tables only, as after a restart. */
async function handleDueWork(db: Database): Promise<void> {
  const { rows } = await db.singleStatement((transaction) =>
    sql<DueRow>`select tenant, execution from overdue_work(0)`.execute(transaction),
  );
  for (const { tenant, execution } of rows) {
    if (execution === null) await dispatchRequested(db, STALE_MS)({ tenant });
    else await advanceWorkflow(db)({ tenant, execution });
  }
}

/** Number of attempts per execution, as the processes themselves would record it. */
type Ledger = Map<number, number>;

async function runAssigned(ledger: Ledger): Promise<void> {
  for (const attempt of await testPlatform.claim()) {
    await testPlatform.start(attempt);
    ledger.set(attempt.execution, (ledger.get(attempt.execution) ?? 0) + 1);
    await testPlatform.finish(attempt, completed());
  }
}

interface Run {
  readonly root: Execution;
  readonly log: LogType[];
  /** Task, item index and status of each child, in order. */
  readonly children: string[];
  readonly attempts: number[];
}

/** Runs the workflow. A process that dies is replaced by one that does not. */
async function runWith(executor: Database): Promise<Run> {
  let db = executor;
  const ledger: Ledger = new Map();
  const { id } = await testPlatform.request(workflow);
  while ((await testPlatform.get(id)).status !== 'completed') {
    await handleDueWork(db).catch((error: unknown) => {
      if (!(error instanceof ProcessDied)) throw error;
      db = testPlatform.db();
    });
    await runAssigned(ledger);
  }
  const children = (await testPlatform.children(id)).map(
    ({ task_name: name, task_index: index, status }) => `${name}/${index ?? '-'} ${status}`,
  );
  return {
    root: await testPlatform.get(id),
    log: await testPlatform.log(id),
    children,
    attempts: [...ledger.values()],
  };
}

test('DU-02 an executor that dies at any commit changes no result', async () => {
  const whole = dieAt(testPlatform.db(), Infinity, 'after');
  const clean = await runWith(whole);
  expect(clean.children).toHaveLength(ITEMS + 2);

  for (let at = 1; at <= whole.count(); at += Math.ceil(whole.count() / MOST_POINTS)) {
    for (const moment of ['before', 'after'] satisfies Moment[]) {
      const killed = await runWith(dieAt(testPlatform.db(), at, moment));

      expect({ at, moment, ...outcome(killed) }).toEqual({ at, moment, ...outcome(clean) });
      expect(killed.attempts).toEqual(killed.children.map(() => 1));
    }
  }
});

const outcome = ({ root: { status, result }, log, children }: Run) => ({
  status,
  result,
  log: [...log].sort(),
  children: [...children].sort(),
});
