import type { Json, JsonObject } from '../../../../contract/json';
import { DEFAULT_MAX_ROUNDS } from '../../../../contract/workflows/rounds';
import { loadDefinition } from '../../../../platform/core/workflow/load/load-definition';
import { initialState, step } from '../../../../platform/core/workflow/step';
import { createStepContext, type StepContext } from '../../../../platform/core/workflow/step-context';
import type { WorkflowDefinition } from '../../../../platform/core/workflow/definition';
import type { ChildEnded, Effect, Signal, StartChild, WorkflowState } from '../../../../platform/core/workflow/types';

/** Each test runs in one context, and again with the state stored and loaded before each step. */
export const MODES = ['straight', 'reloaded'] as const;
export type Mode = (typeof MODES)[number];

/** One child as the shell stores it; `startedAt` is set once its process runs. */
export interface ChildRow {
  readonly start: StartChild;
  readonly task: string;
  readonly index: number | null;
  readonly round: number;
  readonly retry: number;
  readonly notBefore: number;
  released: boolean;
  startedAt: number | null;
  endedAt: number | null;
  status: ChildEnded['status'] | null;
  isOverLimit: boolean;
  result: Json;
}

export interface ChildOutcome {
  readonly status: ChildEnded['status'];
  readonly result?: Json;
  /** Its own limit ended it. */
  readonly isOverLimit?: boolean;
}

const toText = (part: Json) => (typeof part === 'string' ? part : JSON.stringify(part));

/** More than any run here takes: an endless loop fails instead of hanging. */
const MAX_SIGNALS = 5_000;

type Finish = Extract<Effect, { type: 'finish' }>;

/** A definition of these tasks, with other keys of the document. */
export const workflow = (tasks: readonly JsonObject[], more: JsonObject = {}): WorkflowDefinition =>
  loadDefinition({ version: '1.0.0', tasks: [...tasks], ...more }, { ref: 'e2e.flow' }).definition;

/** A task with an action. */
export const task = (name: string, more: JsonObject = {}): JsonObject => ({ name, action: 'e2e.act', ...more });

/** A small shell: it turns effects into rows, and rows into signals when the test ends them. */
export class WorkflowSimulator {
  now = 1_000;
  readonly effects: Effect[] = [];
  readonly signals: { readonly signal: Signal; readonly now: number }[] = [];
  readonly rows: ChildRow[] = [];
  private readonly pendingSignals: Signal[] = [];
  private context: StepContext;

  constructor(
    readonly definition: WorkflowDefinition,
    private readonly mode: Mode = 'straight',
    private readonly missing: ReadonlySet<string> = new Set(),
    private readonly maxRounds: number | null = DEFAULT_MAX_ROUNDS,
  ) {
    this.context = createStepContext(definition, initialState(), {}, null, maxRounds);
  }

  get state(): WorkflowState {
    return this.context.state;
  }

  start(parameters: JsonObject = {}, config: JsonObject = {}): Effect[] {
    return this.signal({ type: 'started', parameters, config });
  }

  cancel(policy: 'allow_finish' | 'cancel_running' | null = null): Effect[] {
    return this.signal({ type: 'cancel-requested', policy });
  }

  /** Handles one signal, and those that its effects bring about; returns all effects. */
  signal(first: Signal): Effect[] {
    const from = this.effects.length;
    this.pendingSignals.push(first);
    for (let signal = this.pendingSignals.shift(); signal; signal = this.pendingSignals.shift()) {
      this.signals.push({ signal, now: this.now });
      if (this.signals.length > MAX_SIGNALS) throw new Error('the run does not end');
      if (this.mode === 'reloaded') this.reload();
      const effects = step(this.context, signal, this.now);
      this.effects.push(...effects);
      effects.forEach((effect) => this.perform(effect));
    }
    return this.effects.slice(from);
  }

  /** Ends the open attempt of a task or item. */
  end(name: string, end: ChildOutcome | ChildEnded['status'], index: number | null = null): Effect[] {
    const row = this.open.find((candidate) => candidate.task === name && candidate.index === index);
    if (!row) throw new Error(`no open child of ${name} at ${String(index)}`);
    return this.endRow(row, typeof end === 'string' ? { status: end } : end);
  }

  endRow(row: ChildRow, { status, result = null, isOverLimit = false }: ChildOutcome): Effect[] {
    this.startRow(row);
    row.isOverLimit = isOverLimit;
    return this.signal(this.endedSignal(row, status, result));
  }

  startRow(row: ChildRow): void {
    this.now = Math.max(this.now, row.notBefore);
    row.startedAt ??= this.now;
  }

  /** Released children that have not ended, oldest first. */
  get open(): ChildRow[] {
    return this.rows.filter((row) => row.released && row.endedAt === null);
  }

  /** Ends every open row, the oldest first, with `outcome`. */
  drain(outcome: (row: ChildRow) => ChildOutcome = () => ({ status: 'completed' })): this {
    for (let row = this.open[0]; row; row = this.open[0]) this.endRow(row, outcome(row));
    return this;
  }

  get finish(): Finish | undefined {
    return this.effects.find((effect): effect is Finish => effect.type === 'finish');
  }

  /** Log entries as texts: `STEP_STARTED a`, `STEP_COMPLETED loop 2`. */
  get log(): string[] {
    return this.effects.flatMap((effect) => {
      if (effect.type !== 'log') return [];
      const { task: name, index } = effect.payload;
      return [[effect.entry, ...[name, index].filter((part) => part !== undefined).map(toText)].join(' ')];
    });
  }

  /** Task names in the order in which their first attempts were created. */
  get started(): string[] {
    return this.rows.filter(({ retry }) => retry === 0).map(({ task: name }) => name);
  }

  childOf(name: string, index: number | null = null, round = 1): StartChild {
    const row = this.rows.find((each) => each.task === name && each.index === index && each.round === round);
    if (!row) throw new Error(`no child of ${name}`);
    return row.start;
  }

  private reload(): void {
    const stored = JSON.parse(JSON.stringify(this.state)) as WorkflowState;
    this.context = createStepContext(this.definition, stored, {}, null, this.maxRounds);
  }

  private endedSignal(row: ChildRow, status: ChildEnded['status'], result: Json, undispatched = false): ChildEnded {
    Object.assign(row, { status, result, endedAt: this.now });
    const { task: name, index, round, retry, isOverLimit } = row;
    return { type: 'child-ended', task: name, index, round, retry, status, isOverLimit, result, undispatched };
  }

  private perform(effect: Effect): void {
    if (effect.type === 'start-child') this.create(effect, 0, this.now);
    else if (effect.type === 'retry-child') this.retry(effect);
    else if (effect.type === 'release-item') this.release(effect);
    else if (effect.type === 'collect-items') this.pendingSignals.push(this.collectedSignal(effect));
    else if (effect.type === 'cancel-children') this.cancelRows(effect.policy === 'cancel_running');
  }

  private create(start: StartChild, retry: number, notBefore: number): void {
    const { task: name, index, round, released } = start;
    const open = { startedAt: null, endedAt: null, status: null, isOverLimit: false, result: null };
    const row: ChildRow = { start, task: name, index, round, retry, notBefore, released, ...open };
    this.rows.push(row);
    if (!this.missing.has(start.action)) return;
    this.pendingSignals.push(this.endedSignal(row, 'failed', { error: `no action ${start.action}` }, true));
  }

  private retry(effect: Extract<Effect, { type: 'retry-child' }>): void {
    const start = this.childOf(effect.task, effect.index, effect.round);
    this.create({ ...start, released: true }, effect.retry, effect.notBefore);
  }

  private release({ task: name, index, round }: Extract<Effect, { type: 'release-item' }>): void {
    const item = this.rows.filter((row) => row.task === name && row.index === index && row.round === round);
    for (const row of item) row.released = true;
  }

  private collectedSignal({ task: name, round }: Extract<Effect, { type: 'collect-items' }>): Signal {
    const last = new Map<number, ChildRow>();
    const ofRound = this.rows.filter((row) => row.task === name && row.round === round);
    for (const row of ofRound) if (row.index !== null) last.set(row.index, row);
    const ordered = [...last.entries()].sort(([a], [b]) => a - b);
    const items = ordered.map(([, { status, result }]) => ({ status: status ?? ('failed' as const), result }));
    return { type: 'items-collected', task: name, items };
  }

  /** Rows that have not started end at once; all are signalled, released or not. */
  private cancelRows(running: boolean): void {
    const open = this.rows.filter((row) => row.endedAt === null && (running || row.startedAt === null));
    for (const row of open) this.pendingSignals.push(this.endedSignal(row, 'cancelled', { error: 'Cancelled' }));
  }
}
