import { join } from 'node:path';
import type { SensorFile } from './components';
import { entryPointIn } from './entry-point';
import { Fields } from './fields';
import { placedOf } from './placement';
import { componentRef, headOf } from './read-runtimes';
import { qualified } from './refs';
import type { YamlFile } from './yaml-file';

const DEFAULT_RUNNER = 'native';
/** What the platform serves itself, of the pack that we ship. */
const BUILT_IN = /^builtin:[a-z_]+$/;

export interface SensorReading {
  readonly directory: string;
  readonly pack: string;
  readonly builtins: boolean;
  readonly warnings: string[];
}

/** `sensors/*.yaml`; a trigger without a dot is the pack's own. Throws PackFileError. */
export async function sensorFile(file: YamlFile, reading: SensorReading): Promise<SensorFile> {
  const fields = new Fields(file);
  const ref = componentRef(fields);
  return {
    ...headOf(file, fields, ref),
    enabled: fields.flag('enabled') ?? true,
    runnerType: fields.text('runner_type') ?? DEFAULT_RUNNER,
    entrypoint: await entryPoint(fields, reading),
    triggerRefs: triggersOf(fields, reading.pack),
    paramSchema: fields.schema('parameters') ?? null,
    config: fields.map('config') ?? null,
    ...placedOf(fields),
  };
}

function triggersOf(fields: Fields, pack: string): string[] {
  const one = fields.text('trigger_type');
  const named =
    fields.value('trigger_types') === undefined && one !== undefined ? [one] : fields.texts('trigger_types');
  if (named.length === 0) throw fields.error('trigger_types', 'trigger_types is required');
  return [...new Set(named.map((name) => qualified(name, pack)))];
}

async function entryPoint(fields: Fields, { directory, builtins, warnings }: SensorReading): Promise<string> {
  const name = fields.required('entry_point');
  if (builtins && BUILT_IN.test(name)) return name;
  const found = await entryPointIn(join(directory, 'sensors'), name);
  if (found.is === 'refused') throw fields.error('entry_point', `entry_point ${found.why}`);
  if (found.is === 'missing') {
    warnings.push(fields.error('entry_point', `entry_point ${name} is not among the pack's files`).message);
  }
  return name;
}
