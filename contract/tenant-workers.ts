import { Type, type Static } from '@sinclair/typebox';
import {
  Id,
  JsonMap,
  JsonValue,
  Name,
  NullableId,
  PositiveInteger,
  Timestamp,
  optionalOrNull,
  stringEnum,
} from './json';
import { LogEntry, LogPage } from './executions';
import { DELIVERY_MODES, WORKER_STATES, Worker } from './workers';

/** The longest time that a worker may be silent, or hold a claim without a renewal. */
const MAX_SECONDS = 86_400;
const Seconds = Type.Number({ minimum: 0.05, maximum: MAX_SECONDS });

export const CreateWorker = Type.Object({
  kind: stringEnum(['managed', 'external']),
  runtime: optionalOrNull(
    Type.String({ maxLength: 255, description: 'of an external worker a label, kept as given; empty: `external`' }),
  ),
  template: optionalOrNull(Type.String({ maxLength: 255, description: 'of a managed worker, in place of `runtime`' })),
  queue_limit: optionalOrNull(PositiveInteger),
  heartbeat_timeout_seconds: optionalOrNull(Seconds),
  lease_seconds: optionalOrNull(Seconds),
  provision_timeout_seconds: optionalOrNull(Seconds),
});
export type CreateWorker = Static<typeof CreateWorker>;

const Token = Type.String({ description: 'the secret of its agent; not shown again' });

export const CreatedWorker = Type.Object({ ...Worker.properties, token: Type.Optional(Token) });

/** The response to the creation of an external worker is the only one with the token. */
export const CreatedExternalWorker = Type.Object({ ...Worker.properties, token: Token });
export type CreatedExternalWorker = Static<typeof CreatedExternalWorker>;

/** `changed` is false for a verb that the worker had followed already. */
export const WorkerChange = Type.Object({ ...Worker.properties, changed: Type.Boolean() });
export type WorkerChange = Static<typeof WorkerChange>;

export const RemoveWorkerQuery = Type.Object({
  force: Type.Optional(Type.Boolean({ description: 'cancels what it has not finished' })),
});

export const DispatchToWorker = Type.Object({
  action_ref: Name,
  parameters: optionalOrNull(JsonMap),
});
export type DispatchToWorker = Static<typeof DispatchToWorker>;

/**
 * The execution is in the queue of the worker; its result follows. `wake`, of a managed worker:
 * this dispatch ended its hibernation.
 */
export const DispatchReceipt = Type.Object({
  status: Type.Literal('queued'),
  delivery_mode: stringEnum(DELIVERY_MODES),
  wake: Type.Optional(Type.Boolean()),
  execution_id: Id,
});
export type DispatchReceipt = Static<typeof DispatchReceipt>;

export const RegisterWorker = Type.Object({
  delivery_mode: stringEnum(DELIVERY_MODES),
  url: optionalOrNull(
    Type.String({ maxLength: 2_000, pattern: '^https?://[^/?#@\\s]+([/?#]|$)', description: 'required to push' }),
  ),
});
export type RegisterWorker = Static<typeof RegisterWorker>;

/** What the agent of a worker receives about it. */
export const AgentState = Type.Object({
  state: stringEnum(WORKER_STATES),
  changed: Type.Boolean(),
});
export type AgentState = Static<typeof AgentState>;

/** `fencing_tokens`: the claims to renew. */
export const Heartbeat = Type.Object({ fencing_tokens: optionalOrNull(Type.Array(Id, { maxItems: 1_000 })) });
export type Heartbeat = Static<typeof Heartbeat>;

export const HeartbeatReceipt = Type.Object({
  ...AgentState.properties,
  cancel: Type.Array(Id, { description: 'claimed executions that are to be stopped' }),
});
export type HeartbeatReceipt = Static<typeof HeartbeatReceipt>;

const MAX_CLAIMS = 100;
export const ClaimWork = Type.Object({ limit: optionalOrNull(Type.Integer({ minimum: 1, maximum: MAX_CLAIMS })) });
export type ClaimWork = Static<typeof ClaimWork>;

/** An execution that the agent has from now on, until `deadline` without a renewal. */
export const Claim = Type.Object({
  execution_id: Id,
  attempt: Type.Integer(),
  fencing_token: Id,
  deadline: Timestamp,
  action: Type.String(),
  parameters: JsonMap,
  timeout_seconds: Type.Number(),
});
export type Claim = Static<typeof Claim>;

export const ClaimResult = Type.Object({
  fencing_token: Id,
  status: stringEnum(['completed', 'failed', 'cancelled']),
  output: Type.Optional(JsonValue),
  error: optionalOrNull(Type.String()),
});
export type ClaimResult = Static<typeof ClaimResult>;

export const ClaimReceipt = Type.Object({ execution_id: Id, status: Type.String() });
export type ClaimReceipt = Static<typeof ClaimReceipt>;

/** What a worker ran, and how its state changed: `{from, to, cause}`. */
export const ACTIVITY_TYPES = ['AGENT_INVOKED', 'AGENT_RESPONSE', 'WORKER_STATE_CHANGED'] as const;

/** An entry of the log; that of a state belongs to no execution. */
export const ActivityEntry = Type.Object({
  ...LogEntry.properties,
  root: NullableId,
  execution: NullableId,
  worker: Id,
  type: stringEnum(ACTIVITY_TYPES),
});
export type ActivityEntry = Static<typeof ActivityEntry>;

export const ActivityPage = Type.Object({
  entries: Type.Array(ActivityEntry),
  next: LogPage.properties.next,
});
export type ActivityPage = Static<typeof ActivityPage>;
