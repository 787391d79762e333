import { Type, type Static, type TProperties } from '@sinclair/typebox';
import { Id, NullableId, NullableNumber, NullableText, TextList, stringEnum } from './json';
import { STATUSES } from './status';

/** The resources of the API whose rows prove a reason. */
const SOURCES = ['executions', 'inquiries', 'workers', 'environments'] as const;

const instant = (description: string) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time', description });

const reason = <K extends string, P extends TProperties>(kind: K, details: P) =>
  Type.Object({
    kind: Type.Literal(kind),
    execution: Type.Integer({ description: 'what waits: an execution of the tree' }),
    text: Type.String({ description: 'one sentence' }),
    since: instant('when it began; null: no row has that instant'),
    due_at: instant('when it ends by itself; null: it does not'),
    source: Type.Object({ resource: stringEnum(SOURCES), id: Id }),
    ...details,
  });

const ids = (description: string) => Type.Array(Id, { description });

/** A workflow waits for executions of a task to end. `open` counts those without an end. */
const ChildReason = reason('child', {
  task: Type.String(),
  executions: ids('those that may start or run, the oldest first, 20 at most'),
  open: Type.Integer(),
});

/** A task has not started: transitions to it have not fired. */
const JoinReason = reason('join', {
  task: Type.String(),
  needed: Type.Integer({ description: 'transitions that must fire' }),
  arrived: TextList,
  missing: Type.Array(Type.Object({ task: Type.String(), status: NullableText }), {
    description: 'tasks whose transition has not fired; status null: not started',
  }),
});

/** Another attempt of a task is planned. */
const RetryReason = reason('retry', {
  retry: Type.Integer(),
  retries: Type.Integer(),
  cause: NullableText,
  first: Type.Unsafe<number | null>({ type: ['integer', 'null'], description: 'the execution of the first attempt' }),
});

/** An item of a list waits for the items before it. */
const ConcurrencyReason = reason('task_concurrency', {
  task: Type.String(),
  limit: Type.Integer(),
  used: Type.Integer(),
  holders: ids('the items that may run, 20 at most'),
  waiting: Type.Integer(),
});

const InquiryReason = reason('inquiry', {
  inquiry: Id,
  status: stringEnum(['pending', 'responded', 'timeout', 'cancelled']),
  assigned_to: NullableId,
});

/** A worker of this platform that could run an execution, and why it gets none. */
const Unavailable = Type.Object({
  worker: Id,
  name: Type.String(),
  cause: stringEnum(['inactive', 'cordoned', 'silent', 'reserved', 'short_of_space']),
});

export type Unavailable = Static<typeof Unavailable>;

/** No worker has what the action needs (`missing`), or none of those that have it accepts work. */
const WorkerReason = reason('worker', {
  workers: Type.Integer({ description: 'workers that were compared' }),
  missing: TextList,
  unavailable: Type.Array(Unavailable),
});

/** All slots of the worker are used. `others` counts executions that the caller cannot see. */
const SlotReason = reason('slot', {
  worker: Id,
  name: Type.String(),
  slots: Type.Integer(),
  used: Type.Integer(),
  holders: ids('the executions of this tenant that use one, 20 at most'),
  others: Type.Integer(),
});

/**
 * The tenants that wait for slots of a worker share them by their weights: at least `before`
 * executions of other tenants come first.
 */
const ShareReason = reason('tenant_share', {
  worker: Id,
  name: Type.String(),
  held: Type.Integer({ description: 'slots of the worker that the tenant uses' }),
  weight: Type.Number(),
  before: Type.Integer(),
});

/** A worker is to take it, or has a lease and has not started its process, or has lost it. */
const LeaseReason = reason('lease', {
  worker: Id,
  name: Type.String(),
  state: stringEnum(['none', 'held', 'expired']),
});

const EnvironmentReason = reason('environment', {
  pack_ref: Type.String(),
  runtime: Type.String(),
  status: Type.String(),
});

const ProcessReason = reason('process', {
  worker: Id,
  name: Type.String(),
  limit_seconds: NullableNumber,
  limit_level: NullableText,
  stopping: Type.Boolean(),
});

/** The limit of a workflow ends it at `due_at`. `task`: of the workflow above that runs it. */
const TimerReason = reason('timer', {
  limit_seconds: Type.Number(),
  limit_level: stringEnum(['workflow', 'request']),
  task: NullableText,
});

/** `paused`: the execution to resume. `state` requested: its steps in flight end first. */
const PauseReason = reason('pause', { paused: Id, state: stringEnum(['paused', 'requested']) });

/** A stopped platform left it; the next one starts it again. */
const RecoveryReason = reason('recovery', { cause: NullableText });

/** An executor is to dispatch it. */
const DispatchReason = reason('dispatch', {});

/** The engine of a workflow is to process what happened to it. */
const AdvanceReason = reason('advance', {
  ended: ids('executions whose ends it has not processed, 20 at most'),
  coordinator: NullableText,
});

const REASONS = [
  ChildReason,
  JoinReason,
  RetryReason,
  ConcurrencyReason,
  InquiryReason,
  WorkerReason,
  SlotReason,
  ShareReason,
  LeaseReason,
  EnvironmentReason,
  ProcessReason,
  TimerReason,
  PauseReason,
  RecoveryReason,
  DispatchReason,
  AdvanceReason,
] as const;

export const WaitingReason = Type.Union([...REASONS]);
export type WaitingReason = Static<typeof WaitingReason>;
export type WaitingKind = WaitingReason['kind'];

/** `GET /executions/{id}/waiting`: why an execution has not ended. */
export const Waiting = Type.Object({
  execution: Id,
  status: stringEnum(STATUSES),
  since: Type.String({ format: 'date-time', description: 'when a row of its tree changed last' }),
  reasons: Type.Array(WaitingReason, {
    description: 'from the execution to what holds it; empty once it has ended',
  }),
  left_out: Type.Integer({ description: 'further reasons, beyond 100' }),
});
export type Waiting = Static<typeof Waiting>;
