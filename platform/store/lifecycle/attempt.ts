import type { ParameterDelivery, OutputFormat, ParameterFormat } from '../../../contract/actions';
import type { StreamName } from '../../../contract/executions';
import type { Json, JsonObject } from '../../../contract/json';
import type { NetworkMode } from '../../../contract/packs';
import type { Taint } from '../../core/secrets/taint';

/** An execution that a worker has claimed, and the lease under which it writes the end. */
export interface AttemptLease {
  readonly execution: number;
  readonly tenant: number;
  readonly fencingToken: number;
  /** 1 for the first start, one more for each recovery: `PLATFORM_ATTEMPT`. */
  readonly attempt: number;
  /** The taint that the action's schema declares on its output. */
  readonly secretOutput?: Taint;
}

/**
 * The level of the limit that passed. `workflow`: the limit of a workflow above, which stopped it.
 */
export type TimeoutLevel = 'task' | 'request' | 'action' | 'workflow' | 'system';

/** The identity and the rights of an attempt's token. */
export interface Credential {
  /** The identity that requested the execution. */
  readonly identity: number;
  readonly permissionSetRefs: readonly string[];
  /** It has saved all that leads to the attempt: what belongs to it opens. */
  readonly isAuthoredByExecutor: boolean;
  /** Owners of the keys and artifacts that the set `standard` grants access to. */
  readonly standardActionRefs: readonly string[];
  readonly standardPackRefs: readonly string[];
}

/** A reference to a key that cannot be resolved. `task`: of a workflow; null: not a task. */
export interface MissingConnection {
  readonly ref: string;
  readonly task: string | null;
}

/** A claimed execution with everything that a worker needs to run it. */
export interface Attempt extends AttemptLease {
  readonly root: number;
  readonly actionRef: string;
  readonly packRef: string;
  /** Directory of the pack's files; null for a pack made through the API. */
  readonly packDirectory: string | null;
  /** Of a worker without access to them: the files are to be fetched into that directory first. */
  readonly packDigest?: string | null;
  /** It writes files of artifacts to a directory of its own, which are sent when it has ended. */
  readonly hasOwnArtifacts?: true;
  /** What the pack allows its programs to reach. */
  readonly network: NetworkMode;
  readonly entrypoint: string;
  /**
   * Name of the runtime (`shell`, `python`, `nodejs`, `native`); null: by the entrypoint's
   * extension.
   */
  readonly runtime: string | null;
  readonly runtimeVersionConstraint: string | null;
  readonly isAdhoc: boolean;
  readonly delivery: ParameterDelivery;
  readonly parameterFormat: ParameterFormat;
  readonly outputFormat: OutputFormat;
  /**
   * Stored parameters with secrets unsealed, over the schema's defaults and under keys of the same
   * names.
   */
  readonly parameters: JsonObject;
  /**
   * The parameter `context` as it is stored, redacted: it is passed in the environment, where no
   * secret may be.
   */
  readonly context: Json;
  /** Values that are redacted in all output of this attempt. */
  readonly secrets: readonly Json[];
  /** Why it cannot be started, independent of its action; null where it can. */
  readonly problem: string | null;
  /** A reference among its parameters without a key that it may read: it cannot be started. */
  readonly missingConnection: MissingConnection | null;
  /** The claims of the attempt's token; null: it gets no token. */
  readonly credential: Credential | null;
  readonly envVars: Readonly<Record<string, string>>;
  readonly rule: string | null;
  readonly trigger: string | null;
  /** The smallest of the given limits, else that of the system. */
  readonly limit: {
    readonly seconds: number;
    readonly level: TimeoutLevel;
    /** The clock of the tenant decides it: the worker is notified when it has passed. */
    readonly isOfClock?: boolean;
  };
}

/** The limit that the worker measures, ms; Infinity: none. */
export const measuredLimitMs = ({ limit }: Pick<Attempt, 'limit'>): number =>
  limit.isOfClock ? Infinity : limit.seconds * 1_000;

/**
 * How an attempt ended. Instants are epoch ms with a microsecond fraction, of the worker's host.
 */
export interface AttemptOutcome {
  readonly status: 'completed' | 'failed' | 'cancelled';
  /** `succeeded`, `exit_code`, `duration_ms`, `data`, `stdout`, `error`, … */
  readonly result: JsonObject;
  readonly finishedAt: number;
  readonly timeoutLevel: TimeoutLevel | null;
  /** Last 50 lines of each stream. */
  readonly stdoutTail: string;
  readonly stderrTail: string;
  /** The streams that have output. */
  readonly logs: readonly LogStreamSize[];
}

/** A stream to which an attempt wrote, and how much of it was stored. */
export interface LogStreamSize {
  readonly stream: StreamName;
  readonly bytes: number;
}
