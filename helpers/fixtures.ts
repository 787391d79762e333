import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Pack } from '../contract/packs';
import type { Client } from './client/client';
import { installedVersion } from './package-source';
import { renderTemplate } from './template';

const PACKS = resolve(__dirname, '../packs');
const TEMPLATE = '.njk';

/** Pins of a pack's package.json: what the suite's own package source serves. */
const pins = () => ({ axios: installedVersion('axios'), lodash: installedVersion('lodash') });

/** What one copy of a fixture pack has of its own. */
export interface FixtureParts {
  /** Lines of its requirements.txt. */
  requires?: readonly string[];
  /** Takes the place of the pack that has the ref. */
  force?: boolean;
}

/** Copies `packs/<fixture>` to `directory`; `*.njk` are rendered under the given ref, everything else is left as it is. */
export function renderPack(fixture: string, ref: string, directory: string, requires: readonly string[] = []): void {
  const from = join(PACKS, fixture);
  cpSync(from, directory, { recursive: true });
  for (const path of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    const at = join(directory, path);
    if (!path.endsWith(TEMPLATE) || !statSync(at).isFile()) continue;
    writeFileSync(
      at.slice(0, -TEMPLATE.length),
      renderTemplate(readFileSync(at, 'utf8'), { pack: ref, pins: pins(), requires }),
    );
    rmSync(at);
  }
}

/** Uploads `packs/<fixture>` as a pack of the given ref. `scratch` is a directory for its files on the way. */
export async function uploadFixture(
  client: Client,
  fixture: string,
  ref: string,
  scratch: string,
  { requires, force = false }: FixtureParts = {},
): Promise<Pack> {
  const directory = join(scratch, ref);
  mkdirSync(directory, { recursive: true });
  try {
    renderPack(fixture, ref, directory, requires);
    const { pack } = await client.packs.upload(directory, { force });
    return pack;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
