import type { Json, JsonObject } from '../../contract/json';
import type { Delivery, OutputFormat, ParameterFormat } from '../../contract/actions';
import type { Placed } from './placement';

export interface PermissionSetFile {
  readonly ref: string;
  readonly label: string;
  readonly description: string | null;
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

export interface WorkflowFile {
  readonly ref: string;
  readonly label: string;
  readonly description: string | null;
  readonly version: string;
  readonly paramSchema: JsonObject | null;
  readonly outSchema: JsonObject | null;
  readonly tags: readonly string[];
  /** The body as in the file, with ref, version and label filled in. */
  readonly definition: JsonObject;
}

export interface ActionFile extends Placed {
  /** Where it stands: `actions/add.yaml:1`. */
  readonly at: string;
  readonly ref: string;
  readonly label: string;
  readonly description: string | null;
  readonly runnerType: string;
  readonly entrypoint: string;
  /** Set when the action is a workflow; then `entrypoint` is the path of its file. */
  readonly workflow: WorkflowFile | null;
  readonly paramSchema: JsonObject | null;
  readonly outSchema: JsonObject | null;
  readonly delivery: Delivery;
  readonly parameterFormat: ParameterFormat;
  readonly outputFormat: OutputFormat;
  readonly requiredWorkerRuntimes: JsonObject;
  readonly accessesMcp: boolean;
  readonly permissionSetRefs: readonly string[];
  readonly timeoutSeconds: number | null;
}

export interface TriggerFile {
  /** Where it stands: `triggers/hook.yaml:1`. */
  readonly at: string;
  readonly ref: string;
  readonly label: string;
  readonly description: string | null;
  readonly enabled: boolean;
  readonly paramSchema: JsonObject | null;
  readonly outSchema: JsonObject | null;
}

export interface RuleFile {
  /** Where it stands: `rules/on-hook.yaml:1`. */
  readonly at: string;
  readonly ref: string;
  readonly label: string;
  readonly description: string | null;
  readonly triggerRef: string;
  readonly actionRef: string;
  readonly conditions: Json;
  readonly actionParams: JsonObject;
  readonly triggerParams: JsonObject;
  /** Null: the action's. */
  readonly permissionSetRefs: readonly string[] | null;
  readonly enabled: boolean;
}

export interface SensorFile extends Placed {
  /** Where it stands: `sensors/watch.yaml:1`. */
  readonly at: string;
  readonly ref: string;
  readonly label: string;
  readonly description: string | null;
  readonly enabled: boolean;
  readonly runnerType: string;
  /** A file below `sensors/`. */
  readonly entrypoint: string;
  readonly triggerRefs: readonly string[];
  readonly paramSchema: JsonObject | null;
  readonly config: JsonObject | null;
}

/** All that a pack's files declare. `warnings` name file and line of what was left out. */
export interface PackComponents {
  readonly permissionSets: readonly PermissionSetFile[];
  readonly runtimes: readonly RuntimeFile[];
  readonly actions: readonly ActionFile[];
  /** Stand-alone ones; those of actions lie with their action. */
  readonly workflows: readonly WorkflowFile[];
  readonly triggers: readonly TriggerFile[];
  readonly rules: readonly RuleFile[];
  readonly sensors: readonly SensorFile[];
  readonly warnings: readonly string[];
}
