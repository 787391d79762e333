import type { InquiryStatus } from '../../../../contract/inquiries';
import type { Json, JsonObject } from '../../../../contract/json';
import type { Status } from '../../../../contract/status';

export interface ExpectedInquiry {
  readonly status: InquiryStatus;
  readonly response: Json;
  readonly isDefault: boolean;
}

/** One child execution: one attempt of a task or of one of its items. */
export interface ExpectedChild {
  /** `each[1]#0`: the task, the position of the item, and the number of the attempt from 0. */
  readonly label: string;
  readonly status: Status;
  readonly triggeredBy: string | null;
  readonly maxRetries: number;
  /** Label of the first attempt; null in the first one. */
  readonly originalExecution: string | null;
  /** Stored parameters. */
  readonly parameters: JsonObject | null;
  /** Parameters that the process received; null without a process that ended by itself. */
  readonly received: JsonObject | null;
  readonly exitCode: number | null;
  readonly error: string | null;
  /** Processes that were started for it. */
  readonly starts: number;
  readonly isTimedOut: boolean;
  readonly inquiries: readonly ExpectedInquiry[];
  readonly workflow: ExpectedRun | null;
}

/** All that the target records of one execution; instants are seconds since the case began. */
export interface ExpectedRecord {
  readonly action: string;
  readonly status: Status;
  readonly created: number;
  readonly started: number | null;
  readonly finished: number | null;
  readonly updated: number | null;
  readonly task: ExpectedTask | null;
  /** Path of the first attempt. */
  readonly original: string | null;
  readonly permissionSets: readonly string[];
  readonly isOnWorker: boolean;
  readonly attempt: number;
  readonly config: Json;
  readonly result: Json;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
  readonly error: string | null;
  readonly timeoutLevel: string | null;
  readonly inquiry: string | null;
  /** Labels that its worker must have. */
  readonly selector: JsonObject | null;
  /** Its own entries, in their order. */
  readonly log: readonly string[];
}

/** The fields of `workflow_task`. */
export interface ExpectedTask {
  readonly name: string;
  readonly index: number | null;
  readonly round: number;
  readonly triggeredBy: string | null;
  readonly retry: number;
  readonly maxRetries: number;
  readonly nextRetry: number | null;
  readonly timeoutSeconds: number | null;
  readonly isTimedOut: boolean;
  readonly seconds: number | null;
}

/** One run of a workflow. */
export interface ExpectedRun {
  readonly status: Status;
  /** What `output_map` gives; null unless it completed. */
  readonly output: JsonObject | null;
  /** The names in its error, sorted. */
  readonly failedTasks: readonly string[];
  /** By label. */
  readonly children: readonly ExpectedChild[];
  /** `a#0 < b#0`: the first has finished when the second starts. */
  readonly order: readonly string[];
  /** By task with items: the largest number of them that run at the same time. */
  readonly overlap: Readonly<Record<string, number>>;
}

/** A state in which nothing more happens by itself, and what the test then does. */
export interface Round {
  /** Of the whole run. */
  readonly status: Status;
  /** Status of every child of the whole tree by its path: `call#0/gate#0`. */
  readonly children: Readonly<Record<string, Status>>;
  /** Starts in the ledger by the key of each process that waits for its gate. */
  readonly starts: Readonly<Record<string, number>>;
  readonly then: 'respond' | 'cancel' | 'open gate' | 'pause' | 'resume';
  /** Responses by path. */
  readonly responses: Readonly<Record<string, Json>>;
}

/** A state in which nothing more happens until something is done, or time passes. */
export interface Pause {
  /** Seconds since the start of the case. */
  readonly at: number;
  /** The programs that run. */
  readonly running: number;
  /** Those of them that only sleep, and do not show in the ledger that they have started. */
  readonly sleeping: number;
  /** Processes started so far. */
  readonly starts: number;
  /** What the test then does; null: it lets the time pass until the next pause. */
  readonly round: Round | null;
}

export interface Expectation {
  readonly rounds: readonly Round[];
  readonly pauses: readonly Pause[];
  /** The whole record, by path: see `record.ts`. */
  readonly record: Readonly<Record<string, ExpectedRecord>>;
  readonly run: ExpectedRun;
  /** When it has ended, seconds since its start. */
  readonly finished: number;
  /** Processes started in the whole case. */
  readonly processes: number;
}
