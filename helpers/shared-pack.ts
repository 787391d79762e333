import { join } from 'node:path';
import type { Pack } from '../contract/packs';
import type { Client } from './client/client';
import { uploadFixture, type FixtureParts } from './fixtures';
import { prefixOf, randomName } from './names';
import type { RunFacts } from './run';

const uploads = new Map<string, Promise<Pack>>();

/** The file's one copy of a fixture pack, uploaded when first asked for. */
export function sharedPack(
  client: Client,
  facts: RunFacts,
  path: string,
  fixture: string,
  parts: FixtureParts,
): Promise<Pack> {
  const ref = `${prefixOf(facts.run, path)}shared-${randomName(6)}`;
  const upload = uploads.get(fixture) ?? uploadFixture(client, fixture, ref, join(facts.directory, 'fixtures'), parts);
  uploads.set(fixture, upload);
  return upload;
}

/** Removes what the file shared. */
export async function removeSharedPacks(client: Client): Promise<void> {
  for (const upload of uploads.values()) await client.packs.remove((await upload).ref);
  uploads.clear();
}
