import type { Json, JsonObject } from '../../../contract/json';
import type {
  EnvSchema,
  OutputFormat,
  ParameterDelivery,
  ParameterFormat,
  WorkerLossPolicy,
} from '../../../contract/actions';
import type { ComponentPlacement } from './placement';

interface NamedFile {
  readonly ref: string;
  readonly label: string;
  readonly description: string | null;
}

interface LocatedFile extends NamedFile {
  /** File and line: `actions/add.yaml:1`. */
  readonly location: string;
}

export interface PermissionSetFile extends NamedFile {
  readonly grants: Json[];
}

export interface RuntimeFile {
  readonly ref: string;
  readonly name: string;
  readonly description: string | null;
  readonly aliases: readonly string[];
  readonly distributions: Json;
  readonly installation: Json;
  readonly executionConfig: JsonObject;
}

export interface WorkflowFile extends NamedFile {
  readonly version: string;
  readonly paramSchema: JsonObject | null;
  readonly outSchema: JsonObject | null;
  readonly tags: readonly string[];
  /** The body as in the file, with ref, version and label filled in. */
  readonly definition: JsonObject;
}

export interface ActionFile extends LocatedFile, ComponentPlacement {
  readonly runnerType: string;
  readonly entrypoint: string;
  /** Present if the action is a workflow; `entrypoint` is then the path of its file. */
  readonly workflow: WorkflowFile | null;
  readonly paramSchema: JsonObject | null;
  readonly outSchema: JsonObject | null;
  readonly delivery: ParameterDelivery;
  readonly parameterFormat: ParameterFormat;
  readonly outputFormat: OutputFormat;
  readonly requiredWorkerRuntimes: JsonObject;
  readonly accessesMcp: boolean;
  readonly permissionSetRefs: readonly string[];
  /** By name, the variables that a caller may set. */
  readonly envSchema: EnvSchema;
  readonly timeoutSeconds: number | null;
  readonly onWorkerLoss: WorkerLossPolicy;
}

export interface TriggerFile extends LocatedFile {
  readonly enabled: boolean;
  readonly paramSchema: JsonObject | null;
  readonly outSchema: JsonObject | null;
  /** Null: the file says nothing about a webhook. */
  readonly webhook: JsonObject | null;
}

export interface RuleFile extends LocatedFile {
  readonly triggerRef: string;
  readonly actionRef: string;
  readonly conditions: Json;
  readonly actionParams: JsonObject;
  readonly triggerParams: JsonObject;
  /** Null: those of the action. */
  readonly permissionSetRefs: readonly string[] | null;
  readonly enabled: boolean;
}

export interface QueueFile extends LocatedFile {
  readonly enabled: boolean;
  readonly acceptsItems: boolean;
  readonly actionRef: string;
  readonly defaultPriority: number;
  readonly allowsPendingUpdate: boolean;
  readonly updateStrategy: 'immutable' | 'replace' | 'merge_patch';
  readonly batchMode: 'single' | 'batch';
  readonly itemSchema: JsonObject;
  readonly actionParams: JsonObject;
  /** Null: those of the action. */
  readonly permissionSetRefs: readonly string[] | null;
  readonly config: JsonObject;
}

export interface SensorFile extends LocatedFile, ComponentPlacement {
  readonly enabled: boolean;
  readonly runnerType: string;
  /** A file below `sensors/`. */
  readonly entrypoint: string;
  readonly triggerRefs: readonly string[];
  readonly paramSchema: JsonObject | null;
  readonly config: JsonObject | null;
}

/** The components of a pack's files. `warnings` name file and line of what was skipped. */
export interface PackComponents {
  readonly permissionSets: readonly PermissionSetFile[];
  readonly runtimes: readonly RuntimeFile[];
  readonly actions: readonly ActionFile[];
  /** Standalone workflows; those of actions are in their action. */
  readonly workflows: readonly WorkflowFile[];
  readonly triggers: readonly TriggerFile[];
  readonly queues: readonly QueueFile[];
  readonly rules: readonly RuleFile[];
  readonly sensors: readonly SensorFile[];
  readonly warnings: readonly string[];
}
