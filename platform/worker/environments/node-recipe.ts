import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject, type Json } from '../../../contract/json';
import { hashOf, type Manifests } from '../../packs/dependency-manifests';
import { environmentsOf, homeOf } from '../surroundings';
import { npmInstall } from './npm-install';
import type { Needed, Recipe } from './recipe';
import { failingOf, type Requirement } from './requirement';

/** The modules that the pack's `package.json` names, and no others. */
export function nodeRecipe({ pack, surroundings }: Needed, manifests: Manifests): Recipe {
  const contentHash = hashOf(manifests);
  const directory = join(homeOf(surroundings, pack, 'nodejs'), manifests.size === 0 ? 'none' : contentHash);
  const cache = join(environmentsOf(surroundings, pack), '.npm');
  return {
    runtime: 'nodejs',
    contentHash,
    directory,
    isReady: () => isDirectory(directory),
    install: async (site, installation) => {
      const requirements = requirementsIn(manifests.get('package.json')?.toString('utf8') ?? '');
      const refused = requirements.find(({ text }) => isForeign(text));
      if (refused) {
        const log = `ENV_BUILD_FAILED: package.json: "${refused.text}" is refused: give a version of the registry`;
        return { ok: false, log, failing: refused.text };
      }
      for (const [name, content] of manifests) await writeFile(join(site, name), content);
      await mkdir(join(site, 'node_modules'));
      const from = {
        directory: site,
        cache,
        registry: surroundings.npmRegistry,
        locked: manifests.has('package-lock.json'),
      };
      const { ok, log } = await npmInstall(from, installation);
      return { ok, log, failing: ok ? null : failingOf(requirements, log) };
    },
  };
}

const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

const KINDS = ['dependencies', 'optionalDependencies', 'peerDependencies', 'devDependencies'];

/** What a package.json asks for; nothing where it cannot be read, which npm then says itself. */
function requirementsIn(text: string): Requirement[] {
  const manifest = parsed(text);
  return KINDS.flatMap((kind) => {
    const wanted = isObject(manifest) ? manifest[kind] : undefined;
    return Object.entries(isObject(wanted) ? wanted : {}).map(([name, version]) => ({
      name,
      text: `${name}@${typeof version === 'string' ? version : JSON.stringify(version)}`,
    }));
  });
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

/** A repository, an address or a path: anything but a version, a range or a tag. */
const isForeign = (text: string): boolean =>
  /[:/\\]/.test(text.replace(/^@?[^@]+@/, '').replace(/^npm:(@[^/]+\/)?/, ''));
