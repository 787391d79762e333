import type {
  ProcessLimit,
  SlotTurn,
  WaitingEnvironment,
  WaitingExecution,
  WaitingFacts,
  WaitingInquiry,
  WaitingLease,
  WaitingRun,
  WaitingWorker,
  WorkerFit,
} from './facts';

/** The items of one list, as far as they have not ended. */
export interface OpenItems {
  /** Those that may run, or wait for a retry. */
  readonly released: readonly WaitingExecution[];
  readonly waiting: readonly WaitingExecution[];
}

/** The facts of a tree by execution. */
export class WaitingTree {
  private readonly executions: ReadonlyMap<number, WaitingExecution>;
  private readonly children: ReadonlyMap<number, readonly WaitingExecution[]>;
  private readonly runs: ReadonlyMap<number, WaitingRun>;
  private readonly inquiries: ReadonlyMap<number, WaitingInquiry>;
  private readonly leases: ReadonlyMap<number, WaitingLease>;
  private readonly workers: ReadonlyMap<number, WaitingWorker>;
  private readonly turns: ReadonlyMap<number, SlotTurn>;
  private readonly environments: ReadonlyMap<number, WaitingEnvironment>;
  private readonly items = new Map<string, OpenItems>();

  constructor(private readonly facts: WaitingFacts) {
    const byExecution = <T extends { readonly execution: number }>(rows: readonly T[]) =>
      new Map(rows.map((row) => [row.execution, row] as const));
    this.executions = new Map(facts.executions.map((row) => [row.id, row]));
    this.children = groupByParent(facts.executions);
    this.runs = byExecution(facts.runs);
    this.inquiries = byExecution(facts.inquiries);
    this.leases = byExecution(facts.leases);
    this.workers = new Map(facts.workers.map((row) => [row.id, row]));
    this.turns = byExecution(facts.turns);
    this.environments = byExecution(facts.environments);
  }

  find(id: number): WaitingExecution | undefined {
    return this.executions.get(id);
  }

  openChildren(id: number): WaitingExecution[] {
    return (this.children.get(id) ?? []).filter(({ finished_at }) => finished_at === null);
  }

  /** Those that have ended, which the engine of the workflow has not processed. */
  unprocessedChildren(id: number): WaitingExecution[] {
    return (this.children.get(id) ?? []).filter(({ finished_at, settled }) => finished_at !== null && !settled);
  }

  runOf(id: number): WaitingRun | undefined {
    return this.runs.get(id);
  }

  inquiryOf(id: number): WaitingInquiry | undefined {
    return this.inquiries.get(id);
  }

  leaseOf(id: number): WaitingLease | undefined {
    return this.leases.get(id);
  }

  workerOf(id: number): WaitingWorker | undefined {
    return this.workers.get(id);
  }

  turnOf(id: number): SlotTurn | undefined {
    return this.turns.get(id);
  }

  environmentOf(id: number): WaitingEnvironment | undefined {
    return this.environments.get(id);
  }

  limitOf(id: number): ProcessLimit | undefined {
    return this.facts.limits.get(id);
  }

  fitOf(id: number): WorkerFit | undefined {
    return this.facts.fits.get(id);
  }

  /** The items of the list that an item belongs to. */
  itemsBeside({ parent, task_name, task_round }: WaitingExecution): OpenItems {
    const key = `${parent} ${task_round} ${task_name}`;
    const known = this.items.get(key);
    if (known !== undefined) return known;
    const open = this.openChildren(parent!).filter(
      (each) => each.task_name === task_name && each.task_round === task_round && each.task_index !== null,
    );
    const items = {
      released: open.filter(({ released }) => released),
      waiting: open.filter(({ released }) => !released),
    };
    this.items.set(key, items);
    return items;
  }

  /** The outermost workflow, from this one up, whose pause holds it; null: no pause does. */
  pausedBy(id: number | null): WaitingExecution | null {
    let outermost: WaitingExecution | null = null;
    for (let at = id; at !== null && this.runs.get(at)?.pause_requested;) {
      outermost = this.executions.get(at)!;
      at = outermost.parent;
    }
    return outermost;
  }
}

function groupByParent(rows: readonly WaitingExecution[]): Map<number, WaitingExecution[]> {
  const groups = new Map<number, WaitingExecution[]>();
  for (const row of rows) {
    if (row.parent === null) continue;
    const group = groups.get(row.parent);
    if (group === undefined) groups.set(row.parent, [row]);
    else group.push(row);
  }
  return groups;
}
