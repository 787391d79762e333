import { posix } from 'node:path';
import type { JsonObject } from '../../../contract/json';
import { parsePointer } from '../../core/secrets/json-pointer';
import { DefinitionError } from '../../core/workflow/load/definition-error';
import { loadDefinition } from '../../core/workflow/load/load-definition';
import { undeclaredInput } from '../../core/workflow/load/undeclared-input';
import { keysReadOf } from '../../core/workflow/load/unused-keys';
import { fileStem } from './component-files';
import type { WorkflowFile } from './components';
import { checkEntryPoint } from './entry-point';
import { YamlFields } from './yaml-fields';
import { PackFileError } from '../pack-errors';
import { isComponentRef, titleFromRef } from './refs';
import { readYaml, type YamlFile } from './yaml-file';

export interface WorkflowReadContext {
  readonly directory: string;
  /** Files that an action names: they are not standalone, even if the action is skipped. */
  readonly actionWorkflowFiles: Set<string>;
  readonly warnings: string[];
}

interface OwningAction {
  readonly fields: YamlFields;
  readonly ref: string;
  readonly label: string;
}

/** Reads the `workflow_file` of an action, with the action's ref. Throws PackFileError. */
export async function readActionWorkflow(
  context: WorkflowReadContext,
  path: string,
  action: OwningAction,
): Promise<WorkflowFile> {
  const name = posix.normalize(`actions/${path}`);
  const found = await checkEntryPoint(context.directory, name);
  if (found.is === 'rejected') throw action.fields.error('workflow_file', `workflow_file: ${found.why}`);
  if (found.is === 'missing') throw action.fields.error('workflow_file', `workflow_file ${name} is not in the pack`);
  context.actionWorkflowFiles.add(name);
  const body = await readYaml(context.directory, name);
  const tags = action.fields.strings('tags');
  const workflow = parseWorkflow(body, action.ref, action.label, context.warnings);
  return tags.length === 0 ? workflow : { ...workflow, tags };
}

interface StandaloneContext {
  /** Its ref. */
  readonly pack: string;
  readonly warnings: string[];
  /** Of the parameters of the pack's actions, by ref; null: one without. */
  readonly schemas?: ParameterSchemas;
}

type ParameterSchemas = ReadonlyMap<string, JsonObject | null>;

/** A standalone workflow: `<pack>.<file stem>`. Throws PackFileError. */
export function readStandaloneWorkflow(file: YamlFile, { pack, warnings, schemas }: StandaloneContext): WorkflowFile {
  const ref = `${pack}.${fileStem(file.name)}`;
  if (!isComponentRef(ref)) throw new PackFileError(file.name, 1, `${ref}, made of the file's name, is not a ref`);
  return parseWorkflow(file, ref, undefined, warnings, schemas);
}

function parseWorkflow(
  file: YamlFile,
  ref: string,
  label: string | undefined,
  warnings: string[],
  schemas?: ParameterSchemas,
): WorkflowFile {
  const fields = new YamlFields(file);
  const title = label ?? fields.text('label') ?? titleFromRef(ref);
  const definition: JsonObject = { ...file.value, ref, label: title };
  warnings.push(...checkDefinition(file, definition, ref, schemas));
  return {
    ref,
    label: title,
    description: fields.text('description') ?? null,
    version: fields.required('version'),
    paramSchema: fields.schema('parameters') ?? null,
    outSchema: fields.schema('output') ?? null,
    tags: fields.strings('tags'),
    definition,
  };
}

/** Returns the warnings, each with its line. */
function checkDefinition(file: YamlFile, definition: JsonObject, ref: string, schemas?: ParameterSchemas): string[] {
  try {
    const loaded = loadDefinition(definition, { ref });
    const { mistakes, unusedKeys, deadTasks, expressionFaults } = loaded;
    for (const key of Object.keys(file.value)) keysReadOf(file.value).add(key); // the list has the others
    const faults = expressionFaults.map(({ pointer: path, why }) => ({ path, why }));
    const undeclared = schemas === undefined ? [] : undeclaredInput(loaded, schemas);
    const found = [...mistakes, ...unusedKeys, ...undeclared, ...deadTasks, ...faults];
    return found.map(({ path, why }) => `${file.name}:${nearestLine(file, path)}: ${why}`);
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    throw new PackFileError(file.name, file.lineOf(...yamlPath(error.path)), error.message);
  }
}

/** The line of the value, or of the innermost one around it that the file has. */
function nearestLine(file: YamlFile, pointer: string): number {
  for (let path = yamlPath(pointer); path.length > 0; path = path.slice(0, -1)) {
    const line = file.lineOf(...path);
    if (line > 1) return line;
  }
  return 1;
}

/**
 * The keys of a JSON pointer as the YAML library takes them: `/tasks/1/retry` is `tasks`, 1,
 * `retry`.
 */
const yamlPath = (pointer: string): (string | number)[] =>
  parsePointer(pointer).map((key) => (/^\d+$/.test(key) ? Number(key) : key));
