import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type JsonObject } from '../../../../contract/json';
import type { Client } from '../../../../helpers/client/client';
import { renderPack, uploadFixture } from '../../../../helpers/fixtures/fixture-pack';
import { randomName } from '../../../../helpers/scenario/names';

/** A permission set that a test changes. */
export interface ChangeableSet {
  readonly id: number;
  readonly ref: string;
  /** The ref of its pack, which nothing else uses. */
  readonly pack: string;
  /** What it grants from now on. */
  grant(grants: readonly JsonObject[]): Promise<unknown>;
}

const FIXTURE = 'e2e-rights';

/** Constraints that the files of packs have, and no request. */
const OF_FILES = ['owner_refs', 'ids'];

const comesFromFile = ({ constraints }: JsonObject): boolean =>
  isObject(constraints) && OF_FILES.some((name) => constraints[name] !== undefined);

/** Uploads the pack again, with these grants in the file of its first set. */
async function uploadGrants(client: Client, pack: string, grants: readonly JsonObject[], scratch: string) {
  const directory = mkdtempSync(join(scratch, 'set-'));
  try {
    renderPack(FIXTURE, pack, directory);
    writeFileSync(join(directory, 'permission_sets/one.yaml'), JSON.stringify({ ref: `${pack}.one`, grants }));
    await client.packs.upload(directory, { force: true });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Uploads a pack with the set. `directory`: for temporary files. */
export async function createChangeableSet(client: Client, directory: string): Promise<ChangeableSet> {
  const { ref: pack } = await uploadFixture(client, FIXTURE, `s-${randomName(8)}`, directory);
  const ref = `${pack}.one`;
  const { id } = (await client.permissions.sets()).find((each) => each.ref === ref)!;
  const grant = (grants: readonly JsonObject[]): Promise<unknown> =>
    grants.some(comesFromFile)
      ? uploadGrants(client, pack, grants, directory)
      : client.permissions.updateSet(id, { grants: [...grants] });
  return { id, ref, pack, grant };
}
