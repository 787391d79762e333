import type { Delivery, OutputFormat, ParameterFormat } from '../../contract/actions';
import type { Json, JsonObject } from '../../contract/json';
import type { Taint } from '../core/template/taint';

/** What a worker was handed: which execution, and the right to write its end. */
export interface Claim {
  readonly execution: number;
  readonly tenant: number;
  readonly fencingToken: number;
  /** 1 for the first start, one more for each recovery: `PLATFORM_ATTEMPT`. */
  readonly attempt: number;
  /** What of its output the action's schema declares secret. */
  readonly secretOutput?: Taint;
}

/** Whose limit passed. `workflow`: that of a workflow above, which stopped it. */
export type TimeoutLevel = 'task' | 'request' | 'action' | 'workflow' | 'system';

/** Whom an attempt's token speaks for, and what it may do. */
export interface Credential {
  /** Who had the execution made. */
  readonly identity: number;
  readonly permissionSetRefs: readonly string[];
  /** Owners of the keys and artifacts that the set `standard` opens. */
  readonly standardActionRefs: readonly string[];
  readonly standardPackRefs: readonly string[];
}

/** All that is needed to run a claimed execution. */
export interface Attempt extends Claim {
  readonly root: number;
  readonly actionRef: string;
  readonly packRef: string;
  /** Directory of the pack's files; null for a pack made through the API. */
  readonly packDirectory: string | null;
  readonly entrypoint: string;
  /** Name of the runtime (`shell`, `python`, `nodejs`, `native`); null: by the entrypoint's extension. */
  readonly runtime: string | null;
  readonly runtimeVersionConstraint: string | null;
  readonly isAdhoc: boolean;
  readonly delivery: Delivery;
  readonly parameterFormat: ParameterFormat;
  readonly outputFormat: OutputFormat;
  /** Stored parameters with the schema's defaults under them, secrets in their places, and keys by their names over them. */
  readonly parameters: JsonObject;
  /** The parameter `context` as it is stored and shown: it goes into the environment, where no secret may. */
  readonly context: Json;
  /** Values that may not be seen in anything this attempt says. */
  readonly secrets: readonly Json[];
  /** Why it cannot be started, whatever its action is; null: nothing is in the way. */
  readonly problem: string | null;
  /** What the attempt's own token says; null: it gets none. */
  readonly credential: Credential | null;
  readonly envVars: Readonly<Record<string, string>>;
  readonly rule: string | null;
  readonly trigger: string | null;
  /** The smallest of the limits given, or the worker's default, seconds. */
  readonly limit: { readonly seconds: number; readonly level: TimeoutLevel };
}

/** How an attempt ended. Instants are epoch ms with a microsecond fraction, of the worker's host. */
export interface Outcome {
  readonly status: 'completed' | 'failed' | 'cancelled';
  /** As `docs` of results say: `succeeded`, `exit_code`, `duration_ms`, `data`, `stdout`, `error`, … */
  readonly result: JsonObject;
  readonly finishedAt: number;
  readonly timeoutLevel: TimeoutLevel | null;
  /** Last 50 lines of each stream. */
  readonly stdoutTail: string;
  readonly stderrTail: string;
}
