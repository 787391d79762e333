import { isObject, type Json, type JsonObject } from '../../../../contract/json';
import type { ReplayDivergence, ReplayOutcome } from '../../../../contract/workflows/replay';
import { parseJsonText } from '../../../../contract/json-text/parse-json-text';
import { writeJson } from '../../../../contract/json-text/write-json';
import { DEFAULT_MAX_ROUNDS } from '../../../../contract/workflows/rounds';
import { withDefaults } from '../../schema/flat-schema';
import { schemaTaint } from '../../secrets/schema-taint';
import { mergeTaints, type Taint } from '../../secrets/taint';
import type { WorkflowDefinition } from '../definition';
import { initialState, step } from '../step';
import { createStepContext, type StepContext } from '../step-context';
import type { ChildEnded, Effect, ItemsCollected, Signal, StartChild, Started, TakenOverTask } from '../types';
import { compare, type Difference } from './compare';
import { outcomeOf, stepOf, type PlacedDivergence, type ReplayedPlace } from './outcome';
import { keystorePlaceholders, withPlaceholders } from './placeholders';
import { endPositions, itemKey, stepKey, type AttemptPlace, type ExecutionRecord, type RecordedStep } from './record';

/** A definition of a workflow, with the schema of its parameters where it has none itself. */
export interface ReplayedWorkflow {
  readonly definition: WorkflowDefinition;
  readonly paramSchema: JsonObject | null;
  /** Of the parameters of its actions, by ref. */
  readonly actionSchemas: ReadonlyMap<string, JsonObject>;
  readonly outSchema: JsonObject | null;
}

/** Where the values of a replay are from. */
export interface ReplayValues extends Pick<StepContext, 'keystore' | 'connections' | 'onTaskEnd'> {
  readonly start: Started;
  readonly resultOf: (step: RecordedStep) => StepResult;
  /** A decision on a secret ends the replay: the secrets are placeholders. */
  readonly hasPlaceholders: boolean;
}

type StepResult = ItemsCollected['items'][number] & { readonly secrets: Taint };

/** A step that was dispatched and has not ended. */
interface OpenStep {
  readonly recorded: RecordedStep;
  readonly position: number;
  isReleased: boolean;
}

type Finish = Extract<Effect, { type: 'finish' }>;

/** Faults of a task that the engine finds itself; all others are found when it is dispatched. */
const isFaultOfEngine = (code: Json | undefined): boolean =>
  typeof code === 'string' && (code.startsWith('TEMPLATE_') || ['ACTION_MISSING', 'SECRET_MISPLACED'].includes(code));

/**
 * Runs a workflow with the inputs of a finished execution. Nothing is dispatched: each step ends
 * with the status and the result that were recorded for its task, item and attempt, in the
 * recorded order. Without values, no secret is known to it, so that it stops where one decides
 * what follows. Of an execution that was stopped, what its steps would have led to is open.
 */
export class Replay {
  /** The run as far as it was replayed. */
  readonly context: StepContext;
  private readonly signals: Signal[];
  private readonly unreached: Map<string, RecordedStep>;
  private readonly positions: Map<string, number>;
  /** The attempts that run, by the key of their first. */
  private readonly open = new Map<string, OpenStep>();
  private readonly lastAttempts = new Map<string, RecordedStep>();
  private readonly replayed: ReplayedPlace[] = [];
  private readonly divergences: PlacedDivergence[] = [];
  private hasSecretDecided = false;
  private stoppedAfter: string | null | undefined;
  private lastPlace = 0;

  constructor(
    private readonly replayedWorkflow: ReplayedWorkflow,
    private readonly record: ExecutionRecord,
    maxRounds: number = DEFAULT_MAX_ROUNDS,
    private readonly values: ReplayValues = withoutSecrets(replayedWorkflow, record),
  ) {
    const { definition } = replayedWorkflow;
    const { keystore, connections, onTaskEnd, start, hasPlaceholders } = values;
    const variables = record.variables === null ? definition.vars : { ...definition.vars, ...record.variables };
    this.context = {
      ...createStepContext({ ...definition, vars: variables }, initialState(), keystore, connections, maxRounds),
      ...(hasPlaceholders && { onSecretDecision: () => void (this.hasSecretDecided = true) }),
      ...(onTaskEnd && { onTaskEnd }),
    };
    this.signals = [start];
    this.unreached = new Map(record.steps.map((one) => [stepKey(one), one]));
    this.positions = endPositions(record);
  }

  /** Applies what happens next; false: nothing does. */
  advance(): boolean {
    const signal = this.stoppedAfter === undefined ? (this.signals.shift() ?? this.nextEnd()) : null;
    if (signal === null) return false;
    const effects = step(this.context, signal, this.record.startedAt);
    if (this.hasSecretDecided) this.stoppedAfter = 'task' in signal ? signal.task : null;
    else for (const effect of effects) this.perform(effect);
    return true;
  }

  /** Of a replay that has nothing left to apply. */
  outcome(): ReplayOutcome {
    const { replayed, divergences, stoppedAfter } = this;
    const unreached = [...this.unreached.values()];
    return outcomeOf({ replayed, divergences, unreached, ...(stoppedAfter !== undefined && { stoppedAfter }) });
  }

  /**
   * The recorded end that comes next. Only a cancelled item ends without having been released, and
   * what a stop cancelled has no end.
   */
  private nextEnd(): ChildEnded | null {
    const isStopped = this.record.isStopped === true;
    let next: OpenStep | null = null;
    for (const one of this.open.values()) {
      const isCancelled = one.recorded.status === 'cancelled';
      const canEnd = isCancelled ? !isStopped : one.isReleased;
      if (canEnd && (next === null || one.position < next.position)) next = one;
    }
    if (next === null) return null;
    this.open.delete(itemKey(next.recorded));
    return this.endOf(next.recorded);
  }

  private endOf(recorded: RecordedStep): ChildEnded {
    const { task, index, round, retry, undispatched, isOverLimit } = recorded;
    if (index !== null) this.lastAttempts.set(itemKey(recorded), recorded);
    return {
      type: 'child-ended',
      task,
      index,
      round,
      retry,
      undispatched,
      isOverLimit,
      ...this.values.resultOf(recorded),
    };
  }

  private perform(effect: Effect): void {
    switch (effect.type) {
      case 'start-child':
        return this.start(effect);
      case 'retry-child': {
        const recorded = this.take(effect);
        if (recorded !== null) this.openStep(recorded, effect.released, false);
        return;
      }
      case 'record-undispatched':
        return this.failToStart(effect);
      case 'release-item':
        return this.release(itemKey(effect));
      case 'collect-items':
        this.signals.push(this.collect(effect));
        return;
      case 'finish':
        return this.finish(effect);
      case 'hold-children':
      case 'release-children':
      case 'cancel-children':
      case 'set-limit':
      case 'log':
        return;
    }
  }

  /** The recorded step of a task, item and attempt; without one, the replay diverges. */
  private take(place: AttemptPlace): RecordedStep | null {
    const key = stepKey(place);
    const recorded = this.unreached.get(key) ?? null;
    this.unreached.delete(key);
    if (recorded === null) {
      if (this.record.isStopped !== true)
        this.diverge(this.lastPlace + 0.5, { kind: 'step_not_recorded', ...stepOf(place), pointer: '' });
    } else this.lastPlace = Math.max(this.lastPlace, recorded.id);
    return recorded;
  }

  private start(child: StartChild): void {
    const recorded = this.take({ ...child, retry: 0 });
    if (recorded === null) return;
    if (recorded.undispatched) return this.startUndispatched(child, recorded);
    if (recorded.action !== child.action)
      this.differ(recorded, 'action', valueDifference(recorded.action, child.action));
    const { difference, hasSecret } = this.compareParameters(child, recorded);
    if (difference !== null) this.differ(recorded, 'parameters', difference);
    this.openStep(recorded, child.released, hasSecret);
  }

  /** A step without an input has the parameters of the workflow, as they are stored. */
  private compareParameters(child: StartChild, { parameters }: RecordedStep): ReturnType<typeof compare> {
    if (child.input === null) return compare(parameters, this.record.parameters, null);
    const actual = parseJsonText(writeJson(child.input)) as Json;
    const schema = this.replayedWorkflow.actionSchemas.get(child.action ?? '') ?? null;
    return compare(parameters, actual, mergeTaints(child.secrets, schemaTaint(schema, actual)));
  }

  /** The parameters of a step that could not be dispatched are not stored. */
  private startUndispatched({ action, task, index, round }: StartChild, recorded: RecordedStep): void {
    const { code } = faultOf(recorded);
    if (recorded.action !== action) this.differ(recorded, 'action', valueDifference(recorded.action, action));
    else if (isFaultOfEngine(code)) this.differ(recorded, 'dispatch', valueDifference(faultOf(recorded), undefined));
    this.replayed.push({ place: recorded.id, step: { task, index, round, retry: 0 }, hasSecret: false });
    this.signals.push(this.endOf(recorded));
  }

  private failToStart({ code, error, ...place }: Extract<Effect, { type: 'record-undispatched' }>): void {
    const recorded = this.take({ ...place, retry: 0 });
    if (recorded === null) return;
    const expected = recorded.undispatched ? faultOf(recorded) : undefined;
    if (expected?.code !== code) this.differ(recorded, 'dispatch', valueDifference(expected, { code, error }));
    this.replayed.push({ place: recorded.id, step: stepOf(recorded), hasSecret: false });
  }

  private openStep(recorded: RecordedStep, isReleased: boolean, hasSecret: boolean): void {
    this.replayed.push({ place: recorded.id, step: stepOf(recorded), hasSecret });
    const position = this.positions.get(stepKey(recorded))!;
    this.open.set(itemKey(recorded), { recorded, position, isReleased });
  }

  /** An item that was not recorded is not open. */
  private release(item: string): void {
    const open = this.open.get(item);
    if (open !== undefined) open.isReleased = true;
  }

  private collect({ task, round }: Pick<AttemptPlace, 'task' | 'round'>): ItemsCollected {
    const isOfRound = (recorded: RecordedStep) => recorded.task === task && recorded.round === round;
    const attempts = [...this.lastAttempts.values()].filter(isOfRound);
    const items = attempts.sort((a, b) => a.index! - b.index!).map(this.values.resultOf);
    return { type: 'items-collected', task, items };
  }

  private finish({ status, result, secrets = null }: Finish): void {
    const { record } = this;
    if (record.isStopped === true) return;
    if (record.status !== status) this.divergeAtEnd('status', valueDifference(record.status, status));
    const actual = parseJsonText(writeJson(result)) as Json;
    const declared = schemaTaint(this.replayedWorkflow.outSchema, actual);
    const { difference } = compare(record.result, actual, mergeTaints(secrets, declared));
    if (difference !== null) this.divergeAtEnd('result', difference);
  }

  private divergeAtEnd(kind: 'status' | 'result', difference: Difference): void {
    this.diverge(Infinity, { kind, task: null, index: null, round: 1, retry: 0, ...shown(difference) });
  }

  private differ(recorded: RecordedStep, kind: ReplayDivergence['kind'], difference: Difference): void {
    this.diverge(recorded.id, { kind, ...stepOf(recorded), ...shown(difference) });
  }

  private diverge(place: number, divergence: ReplayDivergence): void {
    this.divergences.push({ place, divergence });
  }
}

/** A parameter is secret where it was, or where the replayed workflow declares it secret. */
function startSignal(definition: WorkflowDefinition, paramSchema: JsonObject | null, record: ExecutionRecord): Started {
  const { document, taint } = withPlaceholders(record.parameters ?? {});
  const config = withPlaceholders(record.config);
  const parameters = withDefaults(definition.parameters ?? paramSchema, document);
  const declared = mergeTaints(schemaTaint(definition.parameters, parameters), schemaTaint(paramSchema, parameters));
  return {
    type: 'started',
    parameters,
    config: config.document,
    secrets: { parameters: mergeTaints(declared, taint), config: config.taint },
    ...(record.takenOver && { takenOver: withPlaceholders(record.takenOver).document as unknown as TakenOverTask[] }),
  };
}

/** With placeholders for all secrets. */
const withoutSecrets = ({ definition, paramSchema }: ReplayedWorkflow, record: ExecutionRecord): ReplayValues => ({
  keystore: keystorePlaceholders(definition),
  connections: null,
  start: startSignal(definition, paramSchema, record),
  resultOf,
  hasPlaceholders: true,
});

/** The recorded end of a step, with placeholders for its secrets. */
function resultOf({ status, result }: RecordedStep): StepResult {
  const { document, taint } = withPlaceholders(result);
  return { status, result: document, secrets: taint };
}

/** Why a step could not be dispatched. */
function faultOf({ result }: RecordedStep): JsonObject {
  const { code = null, error = null } = isObject(result) ? result : {};
  return { code, error };
}

const valueDifference = (expected: Json | undefined, actual: Json | undefined): Difference => ({
  pointer: '',
  expected,
  actual,
});

/** Without the values that are not there. */
const shown = ({ pointer, expected, actual }: Difference) => ({
  pointer,
  ...(expected !== undefined && { expected }),
  ...(actual !== undefined && { actual }),
});
