import { connectionsIn } from '../../core/secrets/connections';
import { withDefaults } from '../../core/schema/flat-schema';
import type { Signal } from '../../core/workflow/types';
import type { Transaction } from '../../store/database/connection';
import { insertEndedChildren, type ChildToInsert, type EndedChildToInsert } from '../../store/executions/children';
import type { ActionToExecute } from '../../store/executions/executions';
import type { WorkflowRun } from '../../store/executions/workflow-runs';
import type { NewLogEntry } from '../../store/lifecycle/execution-log';
import type { AttemptOutcome } from '../../store/lifecycle/attempt';
import { listInjectedKeys } from '../../store/secrets/keys';
import type { Dispatcher } from './dispatch';
import { isImmediateChild, runAction } from './immediate-actions';
import { writeJson } from '../../../contract/json-text/write-json';

/** Runs the children of one workflow that need no worker. */
export class ImmediateChildren {
  /** By the id of an action. */
  private readonly hasKeys = new Map<number, boolean>();

  /** `untilMs`: from then on, children wait for the next transaction; of the monotonic clock. */
  constructor(
    private readonly transaction: Transaction,
    private readonly run: WorkflowRun,
    private readonly dispatcher: Dispatcher,
    private readonly untilMs: number,
  ) {}

  /** How all of these children end. Null: one of them needs a worker, or must wait. */
  async runAll(children: readonly ChildToInsert[]): Promise<EndedChildToInsert[] | null> {
    const { run } = this;
    const { worker_selector, secret_values, connections } = run.execution;
    const inherits = worker_selector !== null || secret_values !== null || connections !== null;
    if (children.length === 0 || inherits || children.some(hasConnection) || !children.every(isImmediateChild))
      return null;
    if (performance.now() > this.untilMs) return null;
    for (const { action } of children) if (await this.hasInjectedKeys(action)) return null;
    const worker = await this.dispatcher.findNativeWorker();
    if (worker === null) return null;
    const ended = children.map((each) => ({ ...each, worker, outcome: this.outcomeOf(each) }));
    return new Set(ended.map(({ outcome }) => responseKey(outcome))).size > 1 ? null : ended;
  }

  private outcomeOf({ child, action }: ChildToInsert): AttemptOutcome {
    const parameters = withDefaults(action.paramSchema, child.input ?? this.run.execution.config);
    return runAction(this.transaction, action, parameters);
  }

  /** A key replaces a parameter of its name, and may be a secret: only a worker redacts those. */
  private async hasInjectedKeys({ id, pack }: ActionToExecute): Promise<boolean> {
    const packs = pack === null ? [] : [pack];
    const hasKeys = this.hasKeys.get(id) ?? (await listInjectedKeys(this.transaction, packs, [id])).length > 0;
    this.hasKeys.set(id, hasKeys);
    return hasKeys;
  }
}

/** A value that only a worker gets. */
const hasConnection = ({ child }: ChildToInsert): boolean => Object.keys(connectionsIn(child.secrets)).length > 0;

/** Inserts children with their ends, after these log entries. Returns the signals of the ends. */
export async function insertEnded(
  transaction: Transaction,
  run: WorkflowRun,
  children: readonly EndedChildToInsert[],
  log: readonly NewLogEntry[],
): Promise<Signal[]> {
  run.now = await insertEndedChildren(transaction, run, children, log);
  return children.map(toSignal);
}

/** What the log entries of an end depend on. */
const responseKey = ({ status, result }: AttemptOutcome): string =>
  writeJson([status, result.exit_code, result.error, result.message]);

const toSignal = ({ child: { task, index, round }, outcome: { status, result } }: EndedChildToInsert): Signal => ({
  type: 'child-ended',
  task,
  index,
  round,
  retry: 0,
  status,
  result,
  secrets: null,
  undispatched: false,
});
