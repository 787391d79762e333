import type { Play, Row } from './play';
import { subsOf, type Plan, type When } from './random-workflows';

export type Verdict = 'completed' | 'failed' | 'timeout' | 'skipped' | 'undispatched' | 'untouched';

const FIRES: Record<When, (verdict: Verdict) => boolean> = {
  always: () => true,
  success: (verdict) => verdict === 'completed',
  failure: (verdict) => verdict === 'failed',
  expiry: (verdict) => verdict === 'timeout',
  'not failure': (verdict) => verdict === 'completed' || verdict === 'timeout',
  missing: (verdict) => verdict === 'completed',
  never: () => false,
};

/** What the rows of a run that was not cancelled say should have happened: the language's rules, told a second way. */
export class Oracle {
  private readonly verdicts = new Map<string, Verdict>();

  constructor(
    private readonly plans: readonly Plan[],
    private readonly run: Play,
  ) {
    for (let before = -1; before !== this.verdicts.size;) {
      before = this.verdicts.size;
      for (const plan of plans) if (!this.verdicts.has(plan.name) && this.holds(plan)) this.judge(plan);
    }
  }

  verdict(name: string): Verdict {
    return this.verdicts.get(name) ?? 'untouched';
  }

  /** Predecessors that named the task in a transition that fired. */
  private arrivals(name: string): number {
    return this.plans.filter((plan) => this.targets(plan).includes(name)).length;
  }

  private targets(plan: Plan): readonly string[] {
    const verdict = this.verdict(plan.name);
    if (verdict === 'untouched' || verdict === 'undispatched') return [];
    return plan.next.filter(({ when }) => FIRES[when](verdict)).flatMap(({ to }) => to);
  }

  private holds({ name, join }: Plan): boolean {
    const isEntry = !this.plans.some(({ next }) => next.some(({ to }) => to.includes(name)));
    return isEntry || this.arrivals(name) >= (join ?? 1);
  }

  private judge(plan: Plan): void {
    this.verdicts.set(plan.name, this.ended(plan));
  }

  private ended(plan: Plan): Verdict {
    if (plan.kind === 'guarded') return 'skipped';
    if (plan.kind === 'broken') return 'undispatched';
    const names = plan.kind === 'parallel' ? subsOf(plan) : [plan.name];
    return worst(names.flatMap((name) => lastAttempts(this.run, name)).map(({ status }) => status));
  }

  /** Failed tasks that no transition led away from to a task that ran. */
  get unhandled(): string[] {
    return this.plans.filter((plan) => this.isUnhandled(plan)).map(({ name }) => name);
  }

  private isUnhandled(plan: Plan): boolean {
    if (!['failed', 'timeout', 'undispatched'].includes(this.verdict(plan.name))) return false;
    return !this.targets(plan).some((name) => ['completed', 'failed', 'timeout'].includes(this.verdict(name)));
  }
}

export function lastAttempts({ rows }: Play, name: string): Row[] {
  const last = new Map<number | null, Row>();
  for (const row of rows) if (row.task === name) last.set(row.index, row);
  return [...last.values()].sort((a, b) => (a.index ?? 0) - (b.index ?? 0));
}

function worst(statuses: readonly Row['status'][]): Verdict {
  if (statuses.some((status) => status !== 'completed' && status !== 'timeout')) return 'failed';
  return statuses.includes('timeout') ? 'timeout' : 'completed';
}
