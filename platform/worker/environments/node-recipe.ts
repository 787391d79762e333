import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashManifests, type Manifests } from '../../packs/dependency-manifests';
import { decodeManifest } from '../../packs/manifest-text';
import { environmentsDirectory, packEnvironmentsDirectory } from '../../base/directories';
import { resolvesToDirectory, resolvesToFile } from '../../base/host/path-checks';
import { npmInstall } from './npm-install';
import { preparePackageLock } from './package-lock';
import { readNodeManifest, type ReadManifest, type RefusedPart } from './node-manifest';
import type { EnvironmentSpec, InstallationResult, Recipe } from './recipe';
import { findFailingRequirement } from './failing-requirement';
import { writeJson } from '../../../contract/json-text/write-json';

/** Installs the modules that the pack's `package.json` names for its programs, and no others. */
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
      const read = readManifestFile(manifests.get('package.json'));
      if (read.refused !== null) return rejection('package.json', read.refused);
      const { production, requirements, leftOut } = read.manifest;
      const lock = manifests.get('package-lock.json');
      const settings = { registry, packDirectory: pack.packDirectory, peers: production.peerDependencies };
      const locked = lock && (await preparePackageLock(lock, settings));
      if (locked && locked.rejected !== null)
        return rejection('package-lock.json', { part: locked.rejected, remedy: LOCK_REMEDY });
      await writeFile(join(stagingDirectory, 'package.json'), writeJson(production));
      if (locked) await writeFile(join(stagingDirectory, 'package-lock.json'), locked.text);
      await mkdir(join(stagingDirectory, 'node_modules'));
      const project = { directory: stagingDirectory, cache, registry, locked: locked !== undefined };
      const { ok, log } = await npmInstall(project, options);
      const notes = leftOut.map((peer) => `package.json: the peer "${peer}" is left out: no registry has it\n`);
      if (!locked) notes.push(...(await unreadLocks(pack.packDirectory)));
      return { ok, log: notes.join('') + log, failing: ok ? null : findFailingRequirement(requirements, log) };
    },
  };
}

/** A pack without dependencies has no file. */
function readManifestFile(content: Buffer | undefined): ReadManifest {
  const { text, problem } = decodeManifest(content ?? Buffer.from('{}'));
  return problem === null
    ? readNodeManifest(text)
    : { manifest: null, refused: { part: 'what cannot be read', remedy: problem } };
}

const UNREAD_LOCKS = ['npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb'];

/** A note for each lock of another tool: the versions in it are not those that npm installs. */
async function unreadLocks(packDirectory: string): Promise<string[]> {
  const found = await Promise.all(UNREAD_LOCKS.map((name) => resolvesToFile(join(packDirectory, name))));
  return UNREAD_LOCKS.filter((_, index) => found[index]).map(
    (name) => `${name} is not read: npm install --package-lock-only writes package-lock.json, which is\n`,
  );
}

const LOCK_REMEDY = 'lock registry versions, or archives of the pack with their integrity';

const rejection = (file: string, { part, remedy }: RefusedPart): InstallationResult => ({
  ok: false,
  log: `ENV_BUILD_FAILED: ${file}: "${part}" is rejected: ${remedy}`,
  failing: part,
});
