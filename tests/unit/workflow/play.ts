import type { Json, JsonObject } from '../../../contract/json';
import { loadDefinition } from '../../../platform/core/workflow/load';
import { initial, step } from '../../../platform/core/workflow/step';
import type { ChildEnded, Definition, Effect, Signal, StartChild, State } from '../../../platform/core/workflow/types';

/** A test is played straight, and again with the state stored and read back before each step. */
export const MODES = ['straight', 'reloaded'] as const;
export type Mode = (typeof MODES)[number];

/** One child as a shell would keep it: `begun` once its process has started. */
export interface Row {
  readonly start: StartChild;
  readonly task: string;
  readonly index: number | null;
  readonly retry: number;
  readonly notBefore: number;
  released: boolean;
  begunAt: number | null;
  endedAt: number | null;
  status: ChildEnded['status'] | null;
  result: Json;
}

export interface End {
  readonly status: ChildEnded['status'];
  readonly result?: Json;
}

const wordOf = (part: Json) => (typeof part === 'string' ? part : JSON.stringify(part));

/** Far more than any run here takes: an engine that goes round in circles fails rather than hangs. */
const MOST_SIGNALS = 5_000;

type Finish = Extract<Effect, { type: 'finish' }>;

/** A definition of these tasks; other keys of the document may be given. */
export const workflow = (tasks: readonly JsonObject[], more: JsonObject = {}): Definition =>
  loadDefinition({ version: '1.0.0', tasks: [...tasks], ...more }, { ref: 'e2e.flow' }).definition;

/** A task of one action that takes its own name as input, so that it is not taken for one without input. */
export const task = (name: string, more: JsonObject = {}): JsonObject => ({ name, action: 'e2e.act', ...more });

/** A small shell: it plays the engine's effects back as signals, at moments that the test chooses. */
export class Play {
  state: State = initial();
  now = 1_000;
  readonly effects: Effect[] = [];
  readonly signals: { readonly signal: Signal; readonly now: number }[] = [];
  readonly rows: Row[] = [];
  private readonly waiting: Signal[] = [];

  constructor(
    readonly definition: Definition,
    private readonly mode: Mode = 'straight',
    private readonly missing: ReadonlySet<string> = new Set(),
  ) {}

  start(parameters: JsonObject = {}, config: JsonObject = {}): Effect[] {
    return this.signal({ type: 'started', parameters, config });
  }

  cancel(policy: 'allow_finish' | 'cancel_running' | null = null): Effect[] {
    return this.signal({ type: 'cancel-requested', policy });
  }

  /** Gives one signal, and then all those that performing its effects brings about; answers all the effects. */
  signal(first: Signal): Effect[] {
    const from = this.effects.length;
    this.waiting.push(first);
    for (let signal = this.waiting.shift(); signal; signal = this.waiting.shift()) {
      this.signals.push({ signal, now: this.now });
      if (this.signals.length > MOST_SIGNALS) throw new Error('the run does not end');
      const before = this.mode === 'straight' ? this.state : (JSON.parse(JSON.stringify(this.state)) as State);
      const next = step(this.definition, before, signal, this.now);
      this.state = next.state;
      this.effects.push(...next.effects);
      next.effects.forEach((effect) => this.perform(effect));
    }
    return this.effects.slice(from);
  }

  /** Ends the open attempt of a task or item. */
  end(name: string, end: End | ChildEnded['status'], index: number | null = null): Effect[] {
    const row = this.open.find((candidate) => candidate.task === name && candidate.index === index);
    if (!row) throw new Error(`no open child of ${name} at ${String(index)}`);
    return this.endRow(row, typeof end === 'string' ? { status: end } : end);
  }

  endRow(row: Row, { status, result = null }: End): Effect[] {
    this.begin(row);
    return this.signal(this.ended(row, status, result));
  }

  begin(row: Row): void {
    this.now = Math.max(this.now, row.notBefore);
    row.begunAt ??= this.now;
  }

  /** Released children that have not ended, oldest first. */
  get open(): Row[] {
    return this.rows.filter((row) => row.released && row.endedAt === null);
  }

  /** Ends everything that opens, the oldest first, each as `outcome` says. */
  drain(outcome: (row: Row) => End = () => ({ status: 'completed' })): this {
    for (let row = this.open[0]; row; row = this.open[0]) this.endRow(row, outcome(row));
    return this;
  }

  get finish(): Finish | undefined {
    return this.effects.find((effect): effect is Finish => effect.type === 'finish');
  }

  /** The log as words: `STEP_STARTED a`, `STEP_COMPLETED loop 2`. */
  get log(): string[] {
    return this.effects.flatMap((effect) => {
      if (effect.type !== 'log') return [];
      const { task: name, index } = effect.payload;
      return [[effect.entry, ...[name, index].filter((part) => part !== undefined).map(wordOf)].join(' ')];
    });
  }

  /** Names of tasks in the order in which their children were created, first attempts only. */
  get started(): string[] {
    return this.rows.filter(({ retry }) => retry === 0).map(({ task: name }) => name);
  }

  childOf(name: string, index: number | null = null): StartChild {
    const row = this.rows.find((candidate) => candidate.task === name && candidate.index === index);
    if (!row) throw new Error(`no child of ${name}`);
    return row.start;
  }

  private ended(row: Row, status: ChildEnded['status'], result: Json, undispatched = false): ChildEnded {
    Object.assign(row, { status, result, endedAt: this.now });
    return { type: 'child-ended', task: row.task, index: row.index, retry: row.retry, status, result, undispatched };
  }

  private perform(effect: Effect): void {
    if (effect.type === 'start-child') this.create(effect, 0, this.now);
    else if (effect.type === 'retry-child') this.retry(effect);
    else if (effect.type === 'release-item') this.release(effect.task, effect.index);
    else if (effect.type === 'collect-items') this.waiting.push(this.collected(effect.task));
    else if (effect.type === 'cancel-children') this.stop(effect.policy === 'cancel_running');
  }

  private create(start: StartChild, retry: number, notBefore: number): void {
    const { task: name, index, released } = start;
    const open = { begunAt: null, endedAt: null, status: null, result: null };
    const row: Row = { start, task: name, index, retry, notBefore, released, ...open };
    this.rows.push(row);
    if (!this.missing.has(start.action)) return;
    this.waiting.push(this.ended(row, 'failed', { error: `no action ${start.action}` }, true));
  }

  private retry(effect: Extract<Effect, { type: 'retry-child' }>): void {
    const start = this.childOf(effect.task, effect.index);
    this.create({ ...start, released: true }, effect.retry, effect.notBefore);
  }

  private release(name: string, index: number): void {
    for (const row of this.rows) if (row.task === name && row.index === index) row.released = true;
  }

  private collected(name: string): Signal {
    const last = new Map<number, Row>();
    for (const row of this.rows) if (row.task === name && row.index !== null) last.set(row.index, row);
    const ordered = [...last.entries()].sort(([a], [b]) => a - b);
    const items = ordered.map(([, { status, result }]) => ({ status: status ?? ('failed' as const), result }));
    return { type: 'items-collected', task: name, items };
  }

  /** What has not begun ends at once; all of them are signalled, released or not. */
  private stop(running: boolean): void {
    const open = this.rows.filter((row) => row.endedAt === null && (running || row.begunAt === null));
    for (const row of open) this.waiting.push(this.ended(row, 'cancelled', { error: 'Cancelled' }));
  }
}
