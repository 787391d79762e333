import type { WorkflowSimulator, ChildRow } from './workflow-simulator';
import { subtaskNames, type TaskPlan, type ConditionName } from './random-workflows';

export type ExpectedStatus =
  | 'completed'
  | 'failed'
  | 'timeout'
  | 'over_limit'
  | 'skipped'
  | 'undispatched'
  | 'untouched';

type Condition = (status: ExpectedStatus, plan: TaskPlan) => boolean;

const isFailure: Condition = (status, { next }) =>
  status === 'failed' || (status === 'over_limit' && next.every(({ when }) => when !== 'expiry'));

const FIRES: Record<ConditionName, Condition> = {
  always: () => true,
  success: (status) => status === 'completed',
  failure: isFailure,
  expiry: (status) => status === 'timeout' || status === 'over_limit',
  'not failure': (status, plan) => status !== 'skipped' && !isFailure(status, plan),
  missing: (status) => status === 'completed',
  never: () => false,
};

/**
 * What should have happened in a run without a cancel, computed from its rows by a second
 * implementation of the rules.
 */
export class Oracle {
  private readonly expectedStatuses = new Map<string, ExpectedStatus>();

  constructor(
    private readonly plans: readonly TaskPlan[],
    private readonly run: WorkflowSimulator,
  ) {
    for (let before = -1; before !== this.expectedStatuses.size;) {
      before = this.expectedStatuses.size;
      for (const plan of plans)
        if (!this.expectedStatuses.has(plan.name) && this.isReady(plan)) this.evaluatePlan(plan);
    }
  }

  expectedStatus(name: string): ExpectedStatus {
    return this.expectedStatuses.get(name) ?? 'untouched';
  }

  /** Number of predecessors whose fired transitions named the task. */
  private predecessorCount(name: string): number {
    return this.plans.filter((plan) => this.targets(plan).includes(name)).length;
  }

  private targets(plan: TaskPlan): readonly string[] {
    const expectedStatus = this.expectedStatus(plan.name);
    if (expectedStatus === 'untouched' || expectedStatus === 'undispatched') return [];
    return plan.next.filter(({ when }) => FIRES[when](expectedStatus, plan)).flatMap(({ to }) => to);
  }

  private isReady({ name, join }: TaskPlan): boolean {
    const isEntry = !this.plans.some(({ next }) => next.some(({ to }) => to.includes(name)));
    return isEntry || this.predecessorCount(name) >= (join ?? 1);
  }

  private evaluatePlan(plan: TaskPlan): void {
    this.expectedStatuses.set(plan.name, this.endStatus(plan));
  }

  private endStatus(plan: TaskPlan): ExpectedStatus {
    if (plan.kind === 'guarded') return 'skipped';
    if (plan.kind === 'broken') return 'undispatched';
    const names = plan.kind === 'parallel' ? subtaskNames(plan) : [plan.name];
    return worstStatus(names.flatMap((name) => lastAttempts(this.run, name)));
  }

  /** Failed tasks none of whose fired transitions led to a task that ran. */
  get unhandled(): string[] {
    return this.plans.filter((plan) => this.isUnhandled(plan)).map(({ name }) => name);
  }

  private isUnhandled(plan: TaskPlan): boolean {
    if (!['failed', 'timeout', 'over_limit', 'undispatched'].includes(this.expectedStatus(plan.name))) return false;
    const hasRun = (name: string) => !['skipped', 'undispatched', 'untouched'].includes(this.expectedStatus(name));
    return !this.targets(plan).some(hasRun);
  }
}

export function lastAttempts({ rows }: WorkflowSimulator, name: string): ChildRow[] {
  const last = new Map<number | null, ChildRow>();
  for (const row of rows) if (row.task === name) last.set(row.index, row);
  return [...last.values()].sort((a, b) => (a.index ?? 0) - (b.index ?? 0));
}

function worstStatus(rows: readonly ChildRow[]): ExpectedStatus {
  const others = rows.filter(({ isOverLimit }) => !isOverLimit);
  if (others.some(({ status }) => status !== 'completed' && status !== 'timeout')) return 'failed';
  if (others.length < rows.length) return 'over_limit';
  return others.some(({ status }) => status === 'timeout') ? 'timeout' : 'completed';
}
