import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../../contract/json';
import { NETWORK_MODES, type NetworkMode } from '../../../contract/packs';
import { parseTesting, type Testing } from '../../core/packs/testing-block';
import { DomainError } from '../../base/domain-error';
import { YamlFields } from './yaml-fields';
import { PackFileError, packError } from '../pack-errors';
import { PACK_REF, SEMVER } from './refs';
import { unusedKeyWarnings } from './unused-keys';
import { readYaml } from './yaml-file';

export const MANIFEST_FILE = 'pack.yaml';

/** `pack.yaml`: the pack as a whole. */
export interface PackManifest {
  readonly ref: string;
  readonly label: string;
  readonly description: string | null;
  readonly version: string;
  readonly confSchema: JsonObject;
  /** Initial configuration: used at the first registration only. */
  readonly config: JsonObject;
  readonly meta: JsonObject;
  readonly tags: readonly string[];
  readonly runtimeDeps: readonly string[];
  readonly dependencies: readonly string[];
  readonly network: NetworkMode;
  readonly testing: Testing;
  /** Keys that say nothing. */
  readonly warnings: readonly string[];
}

/** BAD_REQUEST for a directory that is no pack. Names none of its files. */
export function requireManifest(directory: string): void {
  if (!existsSync(join(directory, MANIFEST_FILE))) throw packError('PACK_NO_MANIFEST', 'the pack has no pack.yaml');
}

/**
 * Reads `pack.yaml`. Throws DomainError: 400 BAD_REQUEST (file or key missing, not YAML, wrong
 * type), 422 UNPROCESSABLE_ENTITY (format of ref or version).
 */
export async function readManifest(directory: string): Promise<PackManifest> {
  requireManifest(directory);
  try {
    const file = await readYaml(directory, MANIFEST_FILE);
    const manifest = parseManifest(new YamlFields(file));
    return { ...manifest, warnings: unusedKeyWarnings(file) };
  } catch (error) {
    if (error instanceof PackFileError) throw packError('PACK_BAD_MANIFEST', error.message, MANIFEST_FILE);
    throw error;
  }
}

function parseManifest(fields: YamlFields): Omit<PackManifest, 'warnings'> {
  const ref = fields.required('ref');
  const version = fields.required('version');
  if (!PACK_REF.test(ref)) throw malformedManifest(`pack_ref_format: ${ref} is not like my_pack`);
  if (!SEMVER.test(version)) throw malformedManifest(`pack_version_format: ${version} is not like 1.0.0`);
  return {
    ref,
    version,
    label: fields.text('label') ?? fields.text('name') ?? ref,
    description: fields.text('description') ?? null,
    confSchema: fields.schema('conf_schema') ?? fields.schema('config_schema') ?? {},
    config: fields.map('config') ?? {},
    meta: fields.map('meta') ?? fields.map('metadata') ?? {},
    tags: fields.value('tags') === undefined ? fields.strings('keywords') : fields.strings('tags'),
    runtimeDeps: fields.strings('runtime_deps'),
    dependencies: fields.strings('dependencies'),
    network: fields.word('network', NETWORK_MODES) ?? 'full',
    testing: parseTesting(fields.value('testing')),
  };
}

const malformedManifest = (what: string) =>
  new DomainError('UNPROCESSABLE_ENTITY', `Validation constraint failed: ${what}`);
