import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../contract/json';
import { Refusal } from '../refusal';
import { Fields } from './fields';
import { PackFileError, refusedPack } from './problems';
import { PACK_REF, SEMVER } from './refs';
import { readYaml } from './yaml-file';

export const MANIFEST = 'pack.yaml';

/** What `pack.yaml` says of the pack as a whole. */
export interface PackManifest {
  readonly ref: string;
  readonly label: string;
  readonly description: string | null;
  readonly version: string;
  readonly confSchema: JsonObject;
  /** Seed of the configuration: used at the first registration only. */
  readonly config: JsonObject;
  readonly meta: JsonObject;
  readonly tags: readonly string[];
  readonly runtimeDeps: readonly string[];
  readonly dependencies: readonly string[];
  /** True when `testing.enabled` asks for tests at registration. */
  readonly tested: boolean;
}

/**
 * Reads `pack.yaml`. Throws Refusal: 400 BAD_REQUEST (file or key missing, not YAML, wrong type), 422
 * UNPROCESSABLE_ENTITY (form of ref or version).
 */
export async function readManifest(directory: string): Promise<PackManifest> {
  if (!existsSync(join(directory, MANIFEST))) throw refusedPack('PACK_NO_MANIFEST', 'the pack has no pack.yaml');
  try {
    return manifestOf(new Fields(await readYaml(directory, MANIFEST)));
  } catch (error) {
    if (error instanceof PackFileError) throw refusedPack('PACK_BAD_MANIFEST', error.message, MANIFEST);
    throw error;
  }
}

function manifestOf(fields: Fields): PackManifest {
  const ref = fields.required('ref');
  const version = fields.required('version');
  if (!PACK_REF.test(ref)) throw malformed(`pack_ref_format: ${ref} is not like my_pack`);
  if (!SEMVER.test(version)) throw malformed(`pack_version_format: ${version} is not like 1.0.0`);
  return {
    ref,
    version,
    label: fields.text('label') ?? fields.text('name') ?? ref,
    description: fields.text('description') ?? null,
    confSchema: fields.schema('conf_schema') ?? fields.schema('config_schema') ?? {},
    config: fields.map('config') ?? {},
    meta: fields.map('meta') ?? fields.map('metadata') ?? {},
    tags: fields.value('tags') === undefined ? fields.texts('keywords') : fields.texts('tags'),
    runtimeDeps: fields.texts('runtime_deps'),
    dependencies: fields.texts('dependencies'),
    tested: fields.map('testing')?.enabled === true,
  };
}

const malformed = (what: string) => new Refusal('UNPROCESSABLE_ENTITY', `Validation constraint failed: ${what}`);
