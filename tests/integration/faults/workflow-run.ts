import { sql } from 'kysely';
import type { LogType } from '../../../contract/executions';
import type { Json } from '../../../contract/json';
import { advanceWorkflow } from '../../../platform/executor/workflows/advance';
import { dispatchRequested } from '../../../platform/executor/dispatch/dispatch';
import type { Database } from '../../../platform/store/database/connection';
import { ADVANCE, completed, STALE_MS, withExecutor } from '../executor/with-executor';

type TestPlatform = ReturnType<typeof withExecutor>;

const CONCURRENCY = 4;

/** Three tasks, of which the middle one has items. Returns its ref. */
export const createItemsWorkflow = (testPlatform: TestPlatform, name: string, items: number): Promise<string> =>
  testPlatform.createWorkflow(name, {
    tasks: [
      { name: 'first', action: 'test.act', next: [{ when: '{{ succeeded() }}', do: ['each'] }] },
      {
        name: 'each',
        action: 'test.act',
        next: [{ do: ['last'] }],
        with_items: Array.from({ length: items }, (_, item) => item),
        concurrency: CONCURRENCY,
      },
      { name: 'last', action: 'test.act' },
    ],
  });

/** One piece of work for an executor: a workflow, or the requested executions of a tenant. */
export interface DueWork {
  readonly tenant: number;
  readonly execution: number | null;
}

/** The work that an executor finds in the tables, as after the loss of every notification. */
export async function findDueWork(db: Database): Promise<DueWork[]> {
  const { rows } = await db.singleStatement((transaction) =>
    sql<DueWork>`select tenant, execution from overdue_work(0)`.execute(transaction),
  );
  return rows;
}

export async function handleDueWork(db: Database, { tenant, execution }: DueWork): Promise<void> {
  if (execution === null) await dispatchRequested(db, STALE_MS)({ tenant });
  else await advanceWorkflow(db, ADVANCE)({ tenant, execution });
}

interface WorkflowOutcome {
  readonly status: string;
  readonly result: Json;
  /** Sorted, since items of one step end in any order. */
  readonly log: LogType[];
  readonly children: string[];
  /** Number of attempts of each child, as its processes would record it. */
  readonly attempts: number[];
}

/** Runs a workflow: `turn` is what the executor does between two turns of the worker. */
export async function runWorkflow(
  testPlatform: TestPlatform,
  workflow: string,
  turn: () => Promise<void>,
): Promise<WorkflowOutcome> {
  const ledger = new Map<number, number>();
  const { id } = await testPlatform.request(workflow);
  while ((await testPlatform.get(id)).status !== 'completed') {
    await turn();
    for (const attempt of await testPlatform.claim()) {
      await testPlatform.start(attempt);
      ledger.set(attempt.execution, (ledger.get(attempt.execution) ?? 0) + 1);
      await testPlatform.finish(attempt, completed());
    }
  }
  const { status, result } = await testPlatform.get(id);
  const children = (await testPlatform.children(id)).map(
    ({ task_name: name, task_index: index, status: ended }) => `${name}/${index ?? '-'} ${ended}`,
  );
  return {
    status,
    result,
    children: children.sort(),
    attempts: [...ledger.values()],
    log: (await testPlatform.log(id)).sort(),
  };
}
