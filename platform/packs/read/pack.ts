import type { ActionFile, PackComponents, WorkflowFile } from './components';
import { isWorkflowBody, readComponentFiles, fileStem, listYamlFiles } from './component-files';
import { driftingFiles } from '../registries/pack-index';
import { readManifest, type PackManifest } from './manifest';
import { readActionFile, type ActionReadContext } from './actions';
import { readQueueFile } from './queues';
import { readRuleFile, readTriggerFile } from './rules';
import { readPermissionSetFile, readRuntimeFile } from './runtimes';
import { readSensorFile } from './sensors';
import { readStandaloneWorkflow } from './workflows';

export interface PackFiles {
  readonly manifest: PackManifest;
  readonly components: PackComponents;
  /** Those that differ from what the pack's index states. */
  readonly driftingFiles: readonly string[];
}

/**
 * Reads a pack's directory, which must be a private copy. Throws DomainError for an invalid
 * manifest; an invalid component is skipped with a warning. `builtins`: actions may name built-in
 * code of the worker.
 */
export async function readPack(directory: string, builtins = false): Promise<PackFiles> {
  const manifest = await readManifest(directory);
  const warnings: string[] = [...manifest.warnings];
  const context = { directory, pack: manifest.ref, builtins, warnings, actionWorkflowFiles: new Set<string>() };
  const permissionSets = await readComponentFiles(
    directory,
    await listYamlFiles(directory, 'permission_sets'),
    warnings,
    readPermissionSetFile,
  );
  const runtimes = await readComponentFiles(
    directory,
    await listYamlFiles(directory, 'runtimes'),
    warnings,
    readRuntimeFile,
  );
  const actions = await readActions(context);
  const workflows = await readStandaloneWorkflows(context, actions);
  const triggers = await readComponentFiles(
    directory,
    await listYamlFiles(directory, 'triggers'),
    warnings,
    readTriggerFile,
  );
  const queues = await readComponentFiles(directory, await listYamlFiles(directory, 'queues'), warnings, readQueueFile);
  const rules = await readComponentFiles(directory, await listYamlFiles(directory, 'rules'), warnings, (file) =>
    readRuleFile(file, manifest.ref),
  );
  const sensors = await readComponentFiles(directory, await listYamlFiles(directory, 'sensors'), warnings, (file) =>
    readSensorFile(file, context),
  );
  return {
    manifest,
    components: {
      permissionSets: uniqueByRef(permissionSets, warnings),
      runtimes: uniqueByRef(runtimes, warnings),
      actions,
      workflows,
      triggers: uniqueByRef(triggers, warnings),
      queues: uniqueByRef(queues, warnings),
      rules: uniqueByRef(rules, warnings),
      sensors: uniqueByRef(sensors, warnings),
      warnings,
    },
    driftingFiles: await driftingFiles(directory, actions),
  };
}

async function readActions(context: ActionReadContext): Promise<ActionFile[]> {
  const names = (await listYamlFiles(context.directory, 'actions')).filter((name) => !isWorkflowBody(name));
  return uniqueByRef(
    await readComponentFiles(context.directory, names, context.warnings, (file) => readActionFile(file, context)),
    context.warnings,
  );
}

/** `actions/workflows` takes precedence over `workflows`, and the file of an action over both. */
async function readStandaloneWorkflows(
  context: ActionReadContext,
  actions: readonly ActionFile[],
): Promise<WorkflowFile[]> {
  const { directory, warnings } = context;
  const all = [
    ...(await listYamlFiles(directory, 'actions/workflows')),
    ...(await listYamlFiles(directory, 'workflows')),
  ].filter((name) => !context.actionWorkflowFiles.has(name));
  const names = new Map<string, string>();
  for (const name of all) {
    const ref = `${context.pack}.${fileStem(name)}`;
    const existing = names.get(ref) ?? actions.find((action) => action.ref === ref)?.location;
    if (existing === undefined) names.set(ref, name);
    else warnings.push(`${name}:1: ${ref} is already made by ${existing}; the file is skipped`);
  }
  const schemas = new Map(actions.map(({ ref, paramSchema }) => [ref, paramSchema]));
  return readComponentFiles(directory, [...names.values()], warnings, (file) =>
    readStandaloneWorkflow(file, { pack: context.pack, warnings, schemas }),
  );
}

/** Keeps the first file of each ref. */
function uniqueByRef<T extends { readonly ref: string; readonly location?: string }>(
  files: readonly T[],
  warnings: string[],
): T[] {
  const seen = new Map<string, T>();
  for (const file of files) {
    if (!seen.has(file.ref)) seen.set(file.ref, file);
    else warnings.push(`${file.location ?? file.ref}: a second ${file.ref}; the file is skipped`);
  }
  return [...seen.values()];
}
