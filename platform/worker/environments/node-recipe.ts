import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject } from '../../../contract/json';
import { hashManifests, type Manifests } from '../../packs/dependency-manifests';
import { environmentsDirectory, packEnvironmentsDirectory } from '../../directories';
import { resolvesToDirectory } from '../../path-checks';
import { npmInstall } from './npm-install';
import { preparePackageLock } from './package-lock';
import { parseManifest } from './parse-manifest';
import type { EnvironmentSpec, InstallationResult, Recipe } from './recipe';
import { findFailingRequirement, type Requirement } from './failing-requirement';

/** Installs the modules that the pack's `package.json` names, and no others. */
export function nodeRecipe({ pack, workerContext }: EnvironmentSpec, manifests: Manifests): Recipe {
  const contentHash = hashManifests(manifests);
  const directory = join(
    packEnvironmentsDirectory(workerContext, pack, 'nodejs'),
    manifests.size === 0 ? 'none' : contentHash,
  );
  const cache = join(environmentsDirectory(workerContext, pack), '.npm');
  const { npmRegistry: registry } = workerContext;
  return {
    runtime: 'nodejs',
    contentHash,
    directory,
    isReady: () => resolvesToDirectory(directory),
    install: async (stagingDirectory, options) => {
      const requirements = readRequirements(manifests.get('package.json')?.toString('utf8') ?? '');
      const rejected = requirements.find(({ text }) => isOutsideRegistry(text));
      if (rejected) return rejection('package.json', rejected.text, 'give a registry version');
      for (const [name, content] of manifests) await writeFile(join(stagingDirectory, name), content);
      const lock = manifests.get('package-lock.json')?.toString('utf8');
      if (lock !== undefined) {
        const prepared = await preparePackageLock(lock, { registry, packDirectory: pack.packDirectory });
        if (prepared.rejected !== null) return rejection('package-lock.json', prepared.rejected, LOCK_REMEDY);
        await writeFile(join(stagingDirectory, 'package-lock.json'), prepared.text);
      }
      await mkdir(join(stagingDirectory, 'node_modules'));
      const project = { directory: stagingDirectory, cache, registry, locked: lock !== undefined };
      const { ok, log } = await npmInstall(project, options);
      return { ok, log, failing: ok ? null : findFailingRequirement(requirements, log) };
    },
  };
}

const LOCK_REMEDY = 'lock registry versions, or archives of the pack with their integrity';

const rejection = (file: string, text: string, remedy: string): InstallationResult => ({
  ok: false,
  log: `ENV_BUILD_FAILED: ${file}: "${text}" is rejected: ${remedy}`,
  failing: text,
});

const DEPENDENCY_FIELDS = ['dependencies', 'optionalDependencies', 'peerDependencies', 'devDependencies'];

/** The dependencies of a package.json; empty where it is invalid, which npm then reports. */
function readRequirements(text: string): Requirement[] {
  const manifest = parseManifest(text);
  return DEPENDENCY_FIELDS.flatMap((kind) => {
    const dependencies = isObject(manifest) ? manifest[kind] : undefined;
    return Object.entries(isObject(dependencies) ? dependencies : {}).map(([name, version]) => ({
      name,
      text: `${name}@${typeof version === 'string' ? version : JSON.stringify(version)}`,
    }));
  });
}

/** A repository, a URL or a path: anything but a version, a range or a tag. */
const isOutsideRegistry = (text: string): boolean =>
  /[:/\\]/.test(text.replace(/^@?[^@]+@/, '').replace(/^npm:(@[^/]+\/)?/, ''));
