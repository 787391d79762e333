import type { Status } from '../../../contract/status';
import type { Unavailable } from '../../../contract/waiting';
import type { TaskState } from '../workflow/types';
import type { WorkflowDefinition } from '../workflow/definition';

/** An execution that has not ended, or whose end its workflow has not processed. */
export interface WaitingExecution {
  readonly id: number;
  readonly parent: number | null;
  readonly status: Status;
  readonly worker: number | null;
  readonly awaits: number | null;
  readonly task_name: string | null;
  readonly task_index: number | null;
  readonly task_round: number;
  readonly retry_count: number;
  readonly task_retries: number | null;
  readonly retry_reason: string | null;
  readonly original_execution: number | null;
  readonly due_at: string | null;
  /** Its `due_at` is ahead. */
  readonly is_planned: boolean;
  readonly released: boolean;
  readonly settled: boolean;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly termination_reason: string | null;
  readonly created: string;
  readonly updated: string;
  /** It may have crashed two workers: its worker runs it when it holds nothing else. */
  readonly runs_alone: boolean;
}

/** The run of a workflow that has started and not ended. */
export interface WaitingRun {
  readonly execution: number;
  readonly pause_requested: boolean;
  readonly updated: string;
  /** The platform whose executor has the lease; null: none. */
  readonly coordinator: string | null;
  readonly tasks: Readonly<Record<string, Pick<TaskState, 'status' | 'arrivals'>>>;
  /** Null: it cannot be loaded. */
  readonly definition: WorkflowDefinition | null;
  /** When its limit ends it, by the clock of the tenant; null: there is none any more. */
  readonly due_at: string | null;
  /** That instant has passed. */
  readonly is_over: boolean;
  /** The limit that the request gave, seconds; null: it gave none. */
  readonly requested_seconds: number | null;
}

export interface WaitingInquiry {
  readonly id: number;
  readonly execution: number;
  readonly status: 'pending' | 'responded' | 'timeout' | 'cancelled';
  readonly assigned_to: number | null;
  readonly timeout_at: string | null;
  /** By the clock of the tenant. */
  readonly is_overdue: boolean;
  readonly created: string;
  readonly updated: string;
}

/** The lease of an execution. */
export interface WaitingLease {
  readonly execution: number;
  readonly owner: number;
  readonly acquired_at: string;
  readonly expires_at: string;
  readonly is_held: boolean;
}

export interface WaitingWorker {
  readonly id: number;
  readonly name: string;
  readonly slots: number;
  /** A program of a tenant, which fetches what it runs. */
  readonly is_external: boolean;
  /** Leases of executions that it holds, of all tenants. */
  readonly used: number;
  /** Executions of this tenant that it holds, the oldest first. */
  readonly holders: readonly number[];
}

/** The place of an execution without a slot among all that wait for one of its worker. */
export interface SlotTurn {
  readonly execution: number;
  /** Slots of the worker that its tenant uses. */
  readonly held: number;
  /** Of its tenant. */
  readonly weight: number;
  /** Executions of other tenants that get a slot first. */
  readonly before: number;
}

/** An environment that is not ready, of the pack of an execution. */
export interface WaitingEnvironment {
  readonly execution: number;
  readonly id: number;
  readonly pack_ref: string;
  readonly runtime: string;
  readonly status: string;
  readonly updated: string;
}

/** The time limit of a process. */
export interface ProcessLimit {
  readonly seconds: number;
  readonly level: string;
}

/** What the workers of the platform mean for an execution that has none. */
export interface WorkerFit {
  /** How many were compared. */
  readonly workers: number;
  /** What none of them has; empty: some are compatible. */
  readonly missing: readonly string[];
  /** Why those that are compatible get no work; empty: one would get it. */
  readonly unavailable: readonly Unavailable[];
}

/** All that decides why the executions of one tree wait. */
export interface WaitingFacts {
  readonly executions: readonly WaitingExecution[];
  readonly runs: readonly WaitingRun[];
  readonly inquiries: readonly WaitingInquiry[];
  readonly leases: readonly WaitingLease[];
  readonly workers: readonly WaitingWorker[];
  readonly turns: readonly SlotTurn[];
  readonly environments: readonly WaitingEnvironment[];
  readonly limits: ReadonlyMap<number, ProcessLimit>;
  /** By execution, of the actions that are requested and may be dispatched. */
  readonly fits: ReadonlyMap<number, WorkerFit>;
}
