import type { JsonObject } from '../../../../contract/json';
import type { Client } from '../../../../helpers/client/client';
import { uploadFixture } from '../../../../helpers/fixtures/fixture-pack';
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

/** Uploads a pack with the set. `directory`: for temporary files. */
export async function createChangeableSet(client: Client, directory: string): Promise<ChangeableSet> {
  const { ref: pack } = await uploadFixture(client, 'e2e-rights', `s-${randomName(8)}`, directory);
  const ref = `${pack}.one`;
  const { id } = (await client.permissions.sets()).find((each) => each.ref === ref)!;
  return { id, ref, pack, grant: (grants) => client.permissions.updateSet(id, { grants: [...grants] }) };
}
