import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { JsonObject } from '../../../contract/json';
import type { WorkflowFileBody } from '../../../contract/workflows';
import type { Database } from '../../store/database/connection';
import type { PackRow } from '../../store/packs/packs';
import { copyTree } from './copy-tree';
import type { PackProcessOptions } from '../process/in-pack-process';
import type { PackApproval } from '../save/approval';
import { installPack } from './pack-storage';
import { removeTree } from '../../files/remove-tree';

/** Other files of a workflow of that name: the written pair replaces them. */
const ALTERNATIVE_FOLDERS = ['workflows', 'actions/workflows'];
const YAML_EXTENSIONS = ['.yaml', '.yml'];

interface WorkflowWrite {
  readonly pack: PackRow;
  readonly body: WorkflowFileBody;
  readonly definition: JsonObject;
  readonly packsDirectory: string;
  readonly approve: PackApproval;
  readonly reading: PackProcessOptions;
}

/**
 * Registers the pack again with the workflow's two files in it: the action and the graph. The
 * files registered before are not changed, because executions may be reading them; a pack without
 * files gets its first. Throws DomainError, and PackFilesChanged where the pack was registered
 * again after `pack` was read.
 */
export async function writeWorkflow(
  db: Database,
  { pack, body, definition, packsDirectory, approve, reading }: WorkflowWrite,
): Promise<void> {
  const home = join(packsDirectory, String(pack.tenant));
  await mkdir(home, { recursive: true });
  const draftDirectory = await mkdtemp(join(home, '.draft-'));
  try {
    const directory = join(draftDirectory, 'pack');
    if (pack.storage === null) await writeManifest(directory, pack);
    else await copyTree(pack.storage, directory);
    await writeWorkflowFiles(directory, pack.ref, body, definition);
    await installPack(db, {
      directory,
      tenant: pack.tenant,
      force: true,
      packsDirectory,
      approve,
      reading,
      installer: pack.installed_by,
      expectedStorage: pack.storage,
    });
  } finally {
    await removeTree(draftDirectory);
  }
}

async function writeManifest(directory: string, pack: PackRow): Promise<void> {
  const { ref, version, label, description, conf_schema, meta, tags, runtime_deps, dependencies } = pack;
  const manifest = { ref, version, label, description, conf_schema, meta, tags, runtime_deps, dependencies };
  await mkdir(directory);
  await writeFile(join(directory, 'pack.yaml'), stringify(manifest));
}

async function writeWorkflowFiles(
  directory: string,
  packRef: string,
  { name, label, description = null, param_schema, out_schema, tags, version }: WorkflowFileBody,
  definition: JsonObject,
): Promise<void> {
  const workflowFolder = join(directory, 'actions', 'workflows');
  await mkdir(workflowFolder, { recursive: true });
  const alternatives = ALTERNATIVE_FOLDERS.flatMap((place) =>
    YAML_EXTENSIONS.map((ending) => join(directory, place, `${name}${ending}`)),
  );
  for (const alternative of alternatives) await rm(alternative, { force: true });
  const schemas = { ...(param_schema && { parameters: param_schema }), ...(out_schema && { output: out_schema }) };
  const action = {
    ref: `${packRef}.${name}`,
    label,
    description,
    workflow_file: `workflows/${name}.workflow.yaml`,
    ...schemas,
    ...(tags && { tags }),
  };
  await writeFile(join(directory, 'actions', `${name}.yaml`), stringify(action));
  await writeFile(join(workflowFolder, `${name}.workflow.yaml`), stringify({ ...definition, ...schemas, version }));
}
