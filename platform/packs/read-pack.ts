import type { ActionFile, PackComponents, WorkflowFile } from './components';
import { isWorkflowBody, readEach, stemOf, yamlFilesIn } from './component-files';
import { readManifest, type PackManifest } from './manifest';
import { actionFile, type ActionReading } from './read-actions';
import { ruleFile, triggerFile } from './read-rules';
import { permissionSetFile, runtimeFile } from './read-runtimes';
import { sensorFile } from './read-sensors';
import { standAloneWorkflow } from './read-workflows';

/** Kinds of components that this platform does not have yet. */
const UNKNOWN_KINDS = ['queues'];

export interface PackFiles {
  readonly manifest: PackManifest;
  readonly components: PackComponents;
}

/**
 * Reads a pack's directory, which must be a copy that nobody else writes. Throws Refusal for a manifest that is wrong;
 * a component that is wrong is left out with a warning. `builtins`: actions may name code of the worker.
 */
export async function readPack(directory: string, builtins = false): Promise<PackFiles> {
  const manifest = await readManifest(directory);
  const warnings: string[] = [];
  const read = { directory, pack: manifest.ref, builtins, warnings, claimed: new Set<string>() };
  const permissionSets = await readEach(
    directory,
    await yamlFilesIn(directory, 'permission_sets'),
    warnings,
    permissionSetFile,
  );
  const runtimes = await readEach(directory, await yamlFilesIn(directory, 'runtimes'), warnings, runtimeFile);
  const actions = await readActions(read);
  const workflows = await readStandAlone(read, actions);
  const triggers = await readEach(directory, await yamlFilesIn(directory, 'triggers'), warnings, triggerFile);
  const rules = await readEach(directory, await yamlFilesIn(directory, 'rules'), warnings, (file) =>
    ruleFile(file, manifest.ref),
  );
  const sensors = await readEach(directory, await yamlFilesIn(directory, 'sensors'), warnings, (file) =>
    sensorFile(file, read),
  );
  warnings.push(...(await unknownKinds(directory)));
  if (manifest.tested) warnings.push('pack.yaml: testing is enabled, but this platform runs no pack tests yet');
  return {
    manifest,
    components: {
      permissionSets: once(permissionSets, warnings),
      runtimes: once(runtimes, warnings),
      actions,
      workflows,
      triggers: once(triggers, warnings),
      rules: once(rules, warnings),
      sensors: once(sensors, warnings),
      warnings,
    },
  };
}

async function readActions(read: ActionReading): Promise<ActionFile[]> {
  const names = (await yamlFilesIn(read.directory, 'actions')).filter((name) => !isWorkflowBody(name));
  return once(await readEach(read.directory, names, read.warnings, (file) => actionFile(file, read)), read.warnings);
}

/** `actions/workflows` wins over `workflows`, and an action's own file over both. */
async function readStandAlone(read: ActionReading, actions: readonly ActionFile[]): Promise<WorkflowFile[]> {
  const { directory, warnings } = read;
  const all = [
    ...(await yamlFilesIn(directory, 'actions/workflows')),
    ...(await yamlFilesIn(directory, 'workflows')),
  ].filter((name) => !read.claimed.has(name));
  const names = new Map<string, string>();
  for (const name of all) {
    const ref = `${read.pack}.${stemOf(name)}`;
    const taken = names.get(ref) ?? actions.find((action) => action.ref === ref)?.at;
    if (taken === undefined) names.set(ref, name);
    else warnings.push(`${name}:1: ${ref} is already made by ${taken}; the file is skipped`);
  }
  return readEach(directory, [...names.values()], warnings, (file) => standAloneWorkflow(file, read.pack));
}

async function unknownKinds(directory: string): Promise<string[]> {
  const found = await Promise.all(
    UNKNOWN_KINDS.map(async (kind) =>
      (await yamlFilesIn(directory, kind)).map(
        (name) => `${name}:1: ${name} is not loaded: this platform has no ${kind} yet`,
      ),
    ),
  );
  return found.flat();
}

/** The first of those with one ref. */
function once<T extends { readonly ref: string; readonly at?: string }>(files: readonly T[], warnings: string[]): T[] {
  const seen = new Map<string, T>();
  for (const file of files) {
    if (!seen.has(file.ref)) seen.set(file.ref, file);
    else warnings.push(`${file.at ?? file.ref}: a second ${file.ref}; the file is skipped`);
  }
  return [...seen.values()];
}
