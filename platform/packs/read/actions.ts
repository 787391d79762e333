import { MAX_RUN_SECONDS } from '../../../contract/json';
import { join } from 'node:path';
import { Value } from '@sinclair/typebox/value';
import {
  EnvSchema,
  PARAMETER_DELIVERIES,
  OUTPUT_FORMATS,
  PARAMETER_FORMATS,
  POLICY_OF_WORKFLOW,
  WORKER_LOSS_POLICIES,
  type WorkerLossPolicy,
} from '../../../contract/actions';
import type { ActionFile, WorkflowFile } from './components';
import { checkEntryPoint } from './entry-point';
import { YamlFields } from './yaml-fields';
import { readPlacement } from './placement';
import { readComponentRef, readCommonFields } from './runtimes';
import { fileStem } from './component-files';
import { readActionWorkflow, type WorkflowReadContext } from './workflows';
import { DEFAULT_RUNNER } from './runner-types';
import type { YamlFile } from './yaml-file';

/** Shortest time limit of a run. */
const MIN_TIMEOUT_SECONDS = 0.05;
const BUILTIN_NAME = /^builtin:[a-z_]+$/;

export interface ActionReadContext extends WorkflowReadContext {
  readonly pack: string;
  /** True for the standard pack: its native actions run inside the worker. */
  readonly builtins: boolean;
}

/** `actions/*.yaml`, with its workflow if it names one. Throws PackFileError. */
export async function readActionFile(file: YamlFile, context: ActionReadContext): Promise<ActionFile> {
  const fields = new YamlFields(file);
  const ref = readComponentRef(fields, `${context.pack}.${fields.text('name') ?? fileStem(file.name)}`);
  const common = readCommonFields(file, fields, ref);
  const workflowFile = fields.text('workflow_file');
  const workflow =
    workflowFile === undefined
      ? null
      : await readActionWorkflow(context, workflowFile, { fields, ref, label: common.label });
  const schemas = readSchemas(fields, workflow);
  return {
    ...common,
    runnerType: fields.text('runner_type') ?? DEFAULT_RUNNER,
    entrypoint: workflowFile ?? (await readEntryPoint(fields, context)),
    workflow: workflow && ofAction(workflow, common.description, schemas),
    ...schemas,
    ...readExecutionFields(fields),
    ...readPlacement(fields),
  };
}

type Schemas = Pick<WorkflowFile, 'paramSchema' | 'outSchema'>;

function readSchemas(fields: YamlFields, workflow: WorkflowFile | null): Schemas {
  return {
    paramSchema: fields.schema('parameters') ?? workflow?.paramSchema ?? null,
    outSchema: fields.schema('output') ?? fields.schema('output_schema') ?? workflow?.outSchema ?? null,
  };
}

/**
 * The workflow of an action has the action's schemas, and its description where the workflow's
 * file has none. A schema in the definition gives way to that of the action.
 */
function ofAction(workflow: WorkflowFile, description: string | null, schemas: Schemas): WorkflowFile {
  const { paramSchema, outSchema } = schemas;
  const own = Object.entries({ parameters: paramSchema, output: outSchema });
  const replaced = own.filter(([key, schema]) => schema !== null && workflow.definition[key] !== undefined);
  const definition = { ...workflow.definition, ...Object.fromEntries(replaced) };
  return { ...workflow, ...schemas, description: workflow.description ?? description, definition };
}

function readExecutionFields(fields: YamlFields) {
  return {
    delivery: fields.word('parameter_delivery', PARAMETER_DELIVERIES) ?? 'stdin',
    parameterFormat: fields.word('parameter_format', PARAMETER_FORMATS) ?? 'json',
    outputFormat: fields.word('output_format', OUTPUT_FORMATS) ?? 'text',
    requiredWorkerRuntimes: fields.map('required_worker_runtimes') ?? {},
    accessesMcp: fields.flag('accesses_mcp') ?? false,
    permissionSetRefs: fields.strings('default_execution_permission_set_refs'),
    envSchema: readEnvSchema(fields),
    timeoutSeconds: fields.number('timeout_seconds', MIN_TIMEOUT_SECONDS, MAX_RUN_SECONDS) ?? null,
    onWorkerLoss: readWorkerLoss(fields),
  };
}

function readWorkerLoss(fields: YamlFields): WorkerLossPolicy {
  const policy = fields.word('on_worker_loss', WORKER_LOSS_POLICIES) ?? 'recover';
  const isWorkflow = fields.text('workflow_file') !== undefined;
  if (policy === 'abandon' && isWorkflow) throw fields.error('on_worker_loss', POLICY_OF_WORKFLOW);
  return policy;
}

function readEnvSchema(fields: YamlFields): EnvSchema {
  const declared = fields.map('env_schema') ?? {};
  if (Value.Check(EnvSchema, declared)) return declared;
  const { path } = Value.Errors(EnvSchema, declared).First()!;
  throw fields.error('env_schema', `env_schema${path} must be NAME: {description: text}, no name of the platform`);
}

/** A file below `actions/`; for shell also a script, which is recognized by more than one word. */
async function readEntryPoint(
  fields: YamlFields,
  { directory, builtins, warnings }: ActionReadContext,
): Promise<string> {
  const name = fields.required('entry_point');
  if (builtins && BUILTIN_NAME.test(name)) return name;
  if (isShell(fields) && /\s/.test(name) && !name.startsWith('..')) return name;
  const found = await checkEntryPoint(join(directory, 'actions'), name);
  if (found.is === 'rejected') throw fields.error('entry_point', `entry_point ${found.why}`);
  if (found.is === 'missing' && !isShell(fields)) {
    warnings.push(fields.error('entry_point', `entry_point ${name} is not among the pack's files`).message);
  }
  return name;
}

const SHELL_RUNNERS = ['shell', 'bash', 'sh', 'core.shell'];
const isShell = (fields: YamlFields): boolean =>
  SHELL_RUNNERS.includes((fields.text('runner_type') ?? DEFAULT_RUNNER).toLowerCase());
