import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTENT_HASH, removeSpentFiles } from '../../../platform/packs/spent-files';
import { retireFiles } from '../../../platform/store/retired-files';
import { openStage, writeFiles, type Stage } from './stage';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const register = (ref: string, version: string) => {
  const files = { 'pack.yaml': `ref: ${ref}\nversion: ${version}\n`, 'package.json': `{"version": "${version}"}` };
  const path = writeFiles(join(stage.scratch, 'sources', `${ref}-${version}`), files);
  return stage.send({ method: 'POST', url: '/api/v1/packs/register', payload: { path, force: true } }, stage.admin);
};
const remove = (ref: string) => stage.send({ method: 'DELETE', url: `/api/v1/packs/${ref}` }, stage.admin);
const storageOf = async (ref: string) =>
  (await stage.owner.query<{ storage: string }>('select storage from pack where ref = $1', [ref])).rows[0]!.storage;

/** As if a worker had claimed an execution of the pack: the way to give it back. */
async function attemptOf(ref: string): Promise<() => Promise<unknown>> {
  const { rows } = await stage.owner.query<{ resource: string }>(
    `with e as (insert into execution (tenant, action_ref, status) values (1, $1, 'running') returning id)
     insert into lease (resource, tenant, owner, expires_at, fencing_token)
     select 'execution:' || id, 1, 1, platform_now() + interval '1 minute', nextval('fencing_token') from e returning resource`,
    [`${ref}.act`],
  );
  return () => stage.owner.query('delete from lease where resource = $1', [rows[0]!.resource]);
}

test('files that were replaced stay for the attempts that began before, and for no later ones', async () => {
  await register('kept', '1.0.0');
  const old = await storageOf('kept');
  const [earlier, other] = [await attemptOf('kept'), await attemptOf('another')];
  await register('kept', '2.0.0');
  const later = await attemptOf('kept');

  await removeSpentFiles(stage.db);
  expect(existsSync(old)).toBe(true);

  await earlier();
  await removeSpentFiles(stage.db);
  expect([existsSync(old), existsSync(await storageOf('kept'))]).toEqual([false, true]);
  await Promise.all([later(), other()]);
});

test('files of a deleted pack stay until its last attempt has ended', async () => {
  await register('gone', '1.0.0');
  const old = await storageOf('gone');
  const end = await attemptOf('gone');
  await remove('gone');

  await removeSpentFiles(stage.db);
  expect(existsSync(old)).toBe(true);

  await end();
  await removeSpentFiles(stage.db);
  expect(existsSync(old)).toBe(false);
});

/** Stands for an environment; `hash`: of the manifests it was made from. */
function environment(ref: string, name: string, hash: string): string {
  const directory = join(stage.scratch, 'environments', '1', ref, 'nodejs', name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, CONTENT_HASH), hash);
  return directory;
}
const retire = (ref: string, path: string) =>
  stage.db.inTenant(1, (transaction) => retireFiles(transaction, ref, [{ kind: 'environment', path }]));

test('an environment that is asked for again stays, and one that nobody asks for goes', async () => {
  await register('served', '1.0.0');
  const { rows } = await stage.owner.query<{ content_hash: string }>(
    `select content_hash from environment e join pack p on p.id = e.pack where p.ref = 'served'`,
  );
  const again = environment('served', 'a'.repeat(32), rows[0]!.content_hash);
  const old = environment('served', 'b'.repeat(32), 'of other manifests');
  await retire('served', again);
  await retire('served', old);

  await removeSpentFiles(stage.db);

  expect([existsSync(again), existsSync(old)]).toEqual([true, false]);
});

test('the environments of a deleted pack go, and those of one that came back in between stay', async () => {
  await Promise.all([register('left', '1.0.0'), register('back', '1.0.0')]);
  const [left, back] = [environment('left', 'c'.repeat(32), '1'), environment('back', 'd'.repeat(32), '1')];
  await Promise.all([remove('left'), remove('back')]);
  await register('back', '1.0.0');

  await removeSpentFiles(stage.db);

  expect([existsSync(left), existsSync(back)]).toEqual([false, true]);
});
