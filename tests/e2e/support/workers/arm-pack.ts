import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { RUNTIME_MANIFEST } from '../../../../contract/runtime-manifest';
import { writeArmPack } from '../../../../helpers/fixtures/arm-program';
import type { Context } from '../../../../helpers/scenario/context';

/** Uploads a pack with an action for each managed runtime, by its name. Returns its ref. */
export async function uploadArmPack({ client, facts, name, defer }: Context): Promise<string> {
  const ref = name('arms');
  const directory = mkdtempSync(join(facts.directory, 'arms-'));
  defer(() => rmSync(directory, { recursive: true }));
  writeArmPack(directory, ref, RUNTIME_MANIFEST);
  await client.packs.upload(directory);
  defer(() => client.packs.remove(ref));
  return ref;
}
