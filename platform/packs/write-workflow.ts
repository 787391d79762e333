import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { JsonObject } from '../../contract/json';
import type { WorkflowFileBody } from '../../contract/workflows';
import type { Database } from '../store/database';
import type { PackRow } from '../store/packs';
import { copyTree } from './copy-tree';
import { installPack } from './pack-storage';

/** Where else a workflow of that name may have come from: its pair takes the place. */
const OTHER_PLACES = ['workflows', 'actions/workflows'];
const ENDINGS = ['.yaml', '.yml'];

export interface Writing {
  readonly pack: PackRow;
  readonly body: WorkflowFileBody;
  readonly definition: JsonObject;
  readonly packsDirectory: string;
}

/**
 * Registers the pack anew with the workflow's two files in it: what names the action, and the graph. The files that were
 * registered before are not touched, since executions may be reading them; a pack without files gets its first. Throws
 * Refusal, and PackMoved where the pack was registered anew after `pack` was read.
 */
export async function writeWorkflow(db: Database, { pack, body, definition, packsDirectory }: Writing): Promise<void> {
  const home = join(packsDirectory, String(pack.tenant));
  await mkdir(home, { recursive: true });
  const draft = await mkdtemp(join(home, '.draft-'));
  try {
    const directory = join(draft, 'pack');
    if (pack.storage === null) await begin(directory, pack);
    else await copyTree(pack.storage, directory);
    await writePair(directory, pack.ref, body, definition);
    await installPack(db, {
      directory,
      tenant: pack.tenant,
      force: true,
      packsDirectory,
      installer: pack.installed_by,
      madeFrom: pack.storage,
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function begin(directory: string, pack: PackRow): Promise<void> {
  const { ref, version, label, description, conf_schema, meta, tags, runtime_deps, dependencies } = pack;
  const manifest = { ref, version, label, description, conf_schema, meta, tags, runtime_deps, dependencies };
  await mkdir(directory);
  await writeFile(join(directory, 'pack.yaml'), stringify(manifest));
}

async function writePair(
  directory: string,
  packRef: string,
  { name, label, description = null, param_schema, out_schema, tags, version }: WorkflowFileBody,
  definition: JsonObject,
): Promise<void> {
  const graphs = join(directory, 'actions', 'workflows');
  await mkdir(graphs, { recursive: true });
  const others = OTHER_PLACES.flatMap((place) => ENDINGS.map((ending) => join(directory, place, `${name}${ending}`)));
  for (const other of others) await rm(other, { force: true });
  const schemas = { ...(param_schema && { parameters: param_schema }), ...(out_schema && { output: out_schema }) };
  const action = {
    ...{ ref: `${packRef}.${name}`, label, description, workflow_file: `workflows/${name}.workflow.yaml` },
    ...schemas,
    ...(tags && { tags }),
  };
  await writeFile(join(directory, 'actions', `${name}.yaml`), stringify(action));
  await writeFile(join(graphs, `${name}.workflow.yaml`), stringify({ ...definition, ...schemas, version }));
}
