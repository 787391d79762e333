import { join } from 'node:path';
import { DELIVERIES, OUTPUT_FORMATS, PARAMETER_FORMATS } from '../../contract/actions';
import type { ActionFile, WorkflowFile } from './components';
import { entryPointIn } from './entry-point';
import { Fields } from './fields';
import { placedOf } from './placement';
import { componentRef, headOf } from './read-runtimes';
import { stemOf } from './component-files';
import { bodyOfAction, type WorkflowReading } from './read-workflows';
import { DEFAULT_RUNNER } from './runner-types';
import type { YamlFile } from './yaml-file';

/** Shortest limit of a run, seconds. */
const LEAST_TIMEOUT = 0.05;
const BUILTIN = /^builtin:[a-z_]+$/;

export interface ActionReading extends WorkflowReading {
  readonly pack: string;
  /** True for the pack we ship: its native actions run inside the worker. */
  readonly builtins: boolean;
  readonly warnings: string[];
}

/** `actions/*.yaml`, with its workflow when it names one. Throws PackFileError. */
export async function actionFile(file: YamlFile, reading: ActionReading): Promise<ActionFile> {
  const fields = new Fields(file);
  const ref = componentRef(fields, `${reading.pack}.${fields.text('name') ?? stemOf(file.name)}`);
  const head = headOf(file, fields, ref);
  const workflowFile = fields.text('workflow_file');
  const workflow =
    workflowFile === undefined ? null : await bodyOfAction(reading, workflowFile, { fields, ref, label: head.label });
  return {
    ...head,
    runnerType: fields.text('runner_type') ?? DEFAULT_RUNNER,
    entrypoint: workflowFile ?? (await entryPoint(fields, reading)),
    workflow,
    ...schemasOf(fields, workflow),
    ...runningOf(fields),
    ...placedOf(fields),
  };
}

function schemasOf(fields: Fields, workflow: WorkflowFile | null) {
  return {
    paramSchema: fields.schema('parameters') ?? workflow?.paramSchema ?? null,
    outSchema: fields.schema('output') ?? fields.schema('output_schema') ?? workflow?.outSchema ?? null,
  };
}

function runningOf(fields: Fields) {
  return {
    delivery: fields.word('parameter_delivery', DELIVERIES) ?? 'stdin',
    parameterFormat: fields.word('parameter_format', PARAMETER_FORMATS) ?? 'json',
    outputFormat: fields.word('output_format', OUTPUT_FORMATS) ?? 'text',
    requiredWorkerRuntimes: fields.map('required_worker_runtimes') ?? {},
    accessesMcp: fields.flag('accesses_mcp') ?? false,
    permissionSetRefs: fields.texts('default_execution_permission_set_refs'),
    timeoutSeconds: fields.number('timeout_seconds', LEAST_TIMEOUT) ?? null,
  };
}

/** A file below `actions/`; for shell also a script, which is told apart by not being a single word. */
async function entryPoint(fields: Fields, { directory, builtins, warnings }: ActionReading): Promise<string> {
  const name = fields.required('entry_point');
  if (builtins && BUILTIN.test(name)) return name;
  if (isShell(fields) && /\s/.test(name) && !name.startsWith('..')) return name;
  const found = await entryPointIn(join(directory, 'actions'), name);
  if (found.is === 'refused') throw fields.error('entry_point', `entry_point ${found.why}`);
  if (found.is === 'missing' && !isShell(fields)) {
    warnings.push(fields.error('entry_point', `entry_point ${name} is not among the pack's files`).message);
  }
  return name;
}

const SHELLS = ['shell', 'bash', 'sh', 'core.shell'];
const isShell = (fields: Fields): boolean =>
  SHELLS.includes((fields.text('runner_type') ?? DEFAULT_RUNNER).toLowerCase());
