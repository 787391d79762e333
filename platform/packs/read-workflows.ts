import { posix } from 'node:path';
import type { JsonObject } from '../../contract/json';
import { DefinitionError } from '../core/workflow/definition-error';
import { loadDefinition } from '../core/workflow/load';
import { stemOf } from './component-files';
import type { WorkflowFile } from './components';
import { entryPointIn } from './entry-point';
import { Fields } from './fields';
import { PackFileError } from './problems';
import { isComponentRef, titleOf } from './refs';
import { readYaml, type YamlFile } from './yaml-file';

export interface WorkflowReading {
  readonly directory: string;
  /** Files that an action names: not stand-alone, whatever became of the action. */
  readonly claimed: Set<string>;
}

interface OfAction {
  readonly fields: Fields;
  readonly ref: string;
  readonly label: string;
}

/** The body that an action's `workflow_file` names, under the action's identity. Throws PackFileError. */
export async function bodyOfAction(reading: WorkflowReading, path: string, of: OfAction): Promise<WorkflowFile> {
  const name = posix.normalize(`actions/${path}`);
  const found = await entryPointIn(reading.directory, name);
  if (found.is === 'refused') throw of.fields.error('workflow_file', `workflow_file: ${found.why}`);
  if (found.is === 'missing') throw of.fields.error('workflow_file', `workflow_file ${name} is not in the pack`);
  reading.claimed.add(name);
  const body = await readYaml(reading.directory, name);
  const tags = of.fields.texts('tags');
  const workflow = workflowOf(body, of.ref, of.label);
  return tags.length === 0 ? workflow : { ...workflow, tags };
}

/** A stand-alone workflow: `<pack>.<file stem>`. Throws PackFileError. */
export function standAloneWorkflow(file: YamlFile, pack: string): WorkflowFile {
  const ref = `${pack}.${stemOf(file.name)}`;
  if (!isComponentRef(ref)) throw new PackFileError(file.name, 1, `${ref}, made of the file's name, is not a ref`);
  return workflowOf(file, ref, undefined);
}

function workflowOf(file: YamlFile, ref: string, label: string | undefined): WorkflowFile {
  const fields = new Fields(file);
  const title = label ?? fields.text('label') ?? titleOf(ref);
  const definition: JsonObject = { ...file.value, ref, label: title };
  check(file, definition, ref);
  return {
    ref,
    label: title,
    description: fields.text('description') ?? null,
    version: fields.required('version'),
    paramSchema: fields.schema('parameters') ?? null,
    outSchema: fields.schema('output') ?? null,
    tags: fields.texts('tags'),
    definition,
  };
}

function check(file: YamlFile, definition: JsonObject, ref: string): void {
  try {
    loadDefinition(definition, { ref });
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    throw new PackFileError(file.name, file.lineOf(...stepsOf(error.path)), error.message);
  }
}

/** A JSON pointer, `/tasks/1/retry/count`, as steps: `tasks`, 1, `retry`, `count`. */
const stepsOf = (pointer: string): (string | number)[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
