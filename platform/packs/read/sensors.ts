import { join } from 'node:path';
import type { SensorFile } from './components';
import { checkEntryPoint } from './entry-point';
import { YamlFields } from './yaml-fields';
import { readPlacement } from './placement';
import { readComponentRef, readCommonFields } from './runtimes';
import { qualifyRef } from './refs';
import type { YamlFile } from './yaml-file';

const DEFAULT_RUNNER = 'native';
/** Built-in sensors of the standard pack. */
const BUILTIN_NAME = /^builtin:[a-z_]+$/;

interface SensorReadContext {
  readonly directory: string;
  readonly pack: string;
  readonly builtins: boolean;
  readonly warnings: string[];
}

/** `sensors/*.yaml`; a trigger without a dot belongs to the pack. Throws PackFileError. */
export async function readSensorFile(file: YamlFile, context: SensorReadContext): Promise<SensorFile> {
  const fields = new YamlFields(file);
  const ref = readComponentRef(fields);
  return {
    ...readCommonFields(file, fields, ref),
    enabled: fields.flag('enabled') ?? true,
    runnerType: fields.text('runner_type') ?? DEFAULT_RUNNER,
    entrypoint: await readEntryPoint(fields, context),
    triggerRefs: readTriggerRefs(fields, context.pack),
    paramSchema: fields.schema('parameters') ?? null,
    config: fields.map('config') ?? null,
    ...readPlacement(fields),
  };
}

function readTriggerRefs(fields: YamlFields, pack: string): string[] {
  const single = fields.text('trigger_type');
  const names =
    fields.value('trigger_types') === undefined && single !== undefined ? [single] : fields.strings('trigger_types');
  if (names.length === 0) throw fields.error('trigger_types', 'trigger_types is required');
  return [...new Set(names.map((name) => qualifyRef(name, pack)))];
}

async function readEntryPoint(
  fields: YamlFields,
  { directory, builtins, warnings }: SensorReadContext,
): Promise<string> {
  const name = fields.required('entry_point');
  if (builtins && BUILTIN_NAME.test(name)) return name;
  const found = await checkEntryPoint(join(directory, 'sensors'), name);
  if (found.is === 'rejected') throw fields.error('entry_point', `entry_point ${found.why}`);
  if (found.is === 'missing') {
    warnings.push(fields.error('entry_point', `entry_point ${name} is not among the pack's files`).message);
  }
  return name;
}
