import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { namedActions } from '../../../platform/core/workflow/named-actions';
import { loadDefinition } from '../../../platform/core/workflow/load/load-definition';
import { fileStem } from '../../../platform/packs/read/component-files';
import type { ActionFile, WorkflowFile } from '../../../platform/packs/read/components';
import { readPackFiles } from '../../pack/read-pack-files';
import type { ComponentSource, LoopSource, PackSource } from './loop-source';

export interface FoundLoops {
  readonly packs: readonly PackSource[];
  readonly loops: readonly LoopSource[];
}

/**
 * The packs among the files of a directory, and the workflows in them that have an expectation.
 * Throws CommandError, exit 2, for a pack that cannot be read.
 */
export async function findLoops(root: string, files: readonly string[]): Promise<FoundLoops> {
  const directories = files.filter((file) => /(^|\/)pack\.yaml$/.test(file) && existsSync(join(root, file)));
  const packs = await Promise.all(
    directories.map((file) => readPackSource(root, file.replace(/\/?pack\.yaml$/, ''), files)),
  );
  return { packs, loops: packs.flatMap((pack) => loopsOf(pack, files)) };
}

async function readPackSource(root: string, directory: string, files: readonly string[]): Promise<PackSource> {
  const { manifest, components } = await readPackFiles(join(root, directory));
  const actions = components.actions.map((action) => actionSource(directory, action));
  const workflows = components.workflows.map((workflow) => workflowSource(directory, workflow, files));
  return { ref: manifest.ref, directory, components: [...actions, ...workflows] };
}

const actionSource = (directory: string, { ref, location, entrypoint, workflow }: ActionFile): ComponentSource => ({
  ref,
  files: [
    within(directory, location.slice(0, location.lastIndexOf(':'))),
    within(directory, posix.normalize(`actions/${entrypoint}`)),
  ],
  names: workflow === null ? [] : namesOf(workflow),
});

function workflowSource(directory: string, workflow: WorkflowFile, files: readonly string[]): ComponentSource {
  const name = workflow.ref.slice(workflow.ref.indexOf('.') + 1);
  const own = workflowFiles(directory, files).filter((file) => fileStem(file) === name);
  return { ref: workflow.ref, files: own, names: namesOf(workflow) };
}

const workflowFiles = (directory: string, files: readonly string[]): string[] => {
  const folders = [within(directory, 'actions/workflows/'), within(directory, 'workflows/')];
  return files.filter((file) => /\.ya?ml$/.test(file) && folders.some((folder) => file.startsWith(folder)));
};

const namesOf = ({ ref, definition }: WorkflowFile): string[] =>
  namedActions(loadDefinition(definition, { ref }).definition).map(({ action }) => action);

const EXPECTATION = /\.expect\.(json|yaml)$/;

/** One for each `verify/<name>.expect.json` or `.expect.yaml` beside a workflow of that name. */
function loopsOf(pack: PackSource, files: readonly string[]): LoopSource[] {
  const folder = within(pack.directory, 'verify/');
  return files
    .filter((file) => file.startsWith(folder) && EXPECTATION.test(file))
    .flatMap((expectation) => {
      const name = expectation.slice(folder.length).replace(EXPECTATION, '');
      const file = workflowFiles(pack.directory, files).find((workflow) => fileStem(workflow) === name);
      if (file === undefined) return [];
      const owner = pack.components.find((component) => component.files.includes(file));
      const documents = [file, expectation, `${folder}${name}.inputs.json`];
      return [{ file, ref: owner?.ref ?? `${pack.ref}.${name}`, pack, documents }];
    });
}

const within = (directory: string, path: string): string => (directory === '' ? path : `${directory}/${path}`);
