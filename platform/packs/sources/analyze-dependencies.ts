import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DependencyAnalysis } from '../../../contract/source-packs';
import { isObject, type Json } from '../../../contract/json';
import { parseJsonText } from '../../../contract/json-text/parse-json-text';
import { parseDependency, resolveDependencies, type DependingPack } from '../../core/packs/dependencies';
import type { PackManifest } from '../read/manifest';

/** A directory with the manifest that is in it. */
export interface SourcePack {
  /** As the caller named it. */
  readonly path: string;
  readonly directory: string;
  readonly manifest: PackManifest;
}

/**
 * What these packs depend on: of each other, of the installed packs (version by ref), and of
 * runtimes. An entry of `dependencies` that is not understood is an error of its directory.
 */
export async function analyzeDependencies(
  packs: readonly SourcePack[],
  installed: ReadonlyMap<string, string>,
): Promise<DependencyAnalysis> {
  const errors: DependencyAnalysis['errors'] = [];
  const depending = packs.map(({ path, manifest: { ref, version, dependencies: texts } }): DependingPack => {
    const dependencies = texts.flatMap((text) => {
      const parsed = parseDependency(text);
      if (parsed === null) errors.push({ pack_path: path, error: `"${text}" is not like other_pack@^1.2.0` });
      return parsed ?? [];
    });
    return { ref, version, dependencies };
  });
  const required = resolveDependencies(depending, installed);
  const dependencies = required.map(({ ref, range, requiredBy }) => ({
    pack_ref: ref,
    version_spec: range,
    required_by: requiredBy,
    already_installed: installed.has(ref),
  }));
  return {
    dependencies,
    runtime_requirements: Object.fromEntries(
      await Promise.all(packs.map(async (pack) => [pack.manifest.ref, await runtimeRequirements(pack)] as const)),
    ),
    missing_dependencies: dependencies.filter((_, at) => required[at]!.presentVersion === null),
    conflicts: required.flatMap(({ ref, range, requiredBy, presentVersion, isAccepted }) =>
      presentVersion === null || isAccepted
        ? []
        : [{ pack_ref: ref, version_spec: range, required_by: requiredBy, present_version: presentVersion }],
    ),
    analyzed_packs: depending.map(({ ref, dependencies: { length } }, at) => ({
      pack_ref: ref,
      pack_path: packs[at]!.path,
      has_dependencies: length > 0,
      dependency_count: length,
    })),
    errors,
  };
}

async function runtimeRequirements({ directory, manifest }: SourcePack) {
  const [python, nodejs] = ['requirements.txt', 'package.json'].map((name) =>
    existsSync(join(directory, name)) ? name : null,
  );
  const declared = (name: RegExp) => manifest.runtimeDeps.find((dependency) => name.test(dependency));
  const pythonVersion = declared(/^python/) ?? null;
  const nodeVersion = (await engineOf(directory)) ?? declared(/^node/) ?? null;
  return {
    pack_ref: manifest.ref,
    python: python || pythonVersion ? { version: pythonVersion, requirements_file: python! } : null,
    nodejs: nodejs || nodeVersion ? { version: nodeVersion, package_file: nodejs! } : null,
  };
}

/** `engines.node` of a package.json; null: none is stated. */
async function engineOf(directory: string): Promise<string | null> {
  const file = join(directory, 'package.json');
  if (!existsSync(file)) return null;
  const stated = parseJson(await readFile(file, 'utf8'));
  const engines = isObject(stated) ? stated.engines : undefined;
  return isObject(engines) && typeof engines.node === 'string' ? engines.node : null;
}

/** Null for a text that is not JSON: the environment build reports it. */
function parseJson(text: string): Json {
  try {
    return parseJsonText(text) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
