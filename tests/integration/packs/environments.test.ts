import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeUnusedPackFiles } from '../../../platform/packs/storage/unused-pack-files';
import { DEFAULT_TENANT } from '../../../platform/store/database/connection';
import { saveEnvironment } from '../../../platform/store/packs/environments';
import { throwError } from '../../throw-error';
import { withApi } from '../api/with-api';
import { awaitLockedSession } from '../database/await-locked-session';

const testApi = withApi();
let token: string;
beforeAll(async () => {
  token = await testApi().createUser('maker', 'core.admin');
});

/** Writes a pack with these manifests and returns its directory. */
function packWith(ref: string, manifests: Record<string, string>): string {
  const directory = join(testApi().scratch, `${ref}-${Object.values(manifests).join().length}`);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'pack.yaml'), `ref: ${ref}\nversion: 1.0.0\nname: ${ref}\n`);
  for (const [name, text] of Object.entries(manifests)) writeFileSync(join(directory, name), text);
  return directory;
}

const register = (path: string, force = false) => testApi().call('POST', '/packs/register', { path, force }, token);
const environments = async (ref: string) => {
  const answer = await testApi().call('GET', `/packs/${ref}/environments`, undefined, token);
  return answer.json<{ data: { runtime: string; status: string; content_hash: string }[] }>().data;
};
const environmentStatuses = async (ref: string) =>
  (await environments(ref)).map(({ runtime, status }) => [runtime, status]);

test('a registration requests an environment for each of its manifests', async () => {
  await register(packWith('both', { 'requirements.txt': 'a==1\n', 'package.json': '{}' }));
  expect(await environmentStatuses('both')).toEqual([
    ['nodejs', 'pending'],
    ['python', 'pending'],
  ]);
  await register(packWith('both', { 'requirements.txt': 'a==1\n' }), true);
  expect(await environmentStatuses('both')).toEqual([['python', 'pending']]);
  await register(packWith('neither', {}));
  expect(await environmentStatuses('neither')).toEqual([]);
});

test('an environment of other manifests is outdated', async () => {
  await register(packWith('later', { 'requirements.txt': 'a==1\n' }));
  const [before] = await environments('later');
  await testApi().owner.query(`update environment set status = 'ready', built_at = platform_now()
    where pack = (select id from pack where ref = 'later')`);
  await register(packWith('later', { 'requirements.txt': 'a==2.0\n' }), true);
  const [after] = await environments('later');
  expect(after?.status).toBe('outdated');
  expect(after?.content_hash).not.toBe(before?.content_hash);
});

test('a rebuild needs packs:configure; without packs:read it answers 404', async () => {
  await register(packWith('again', { 'requirements.txt': 'a==1\n' }));
  await testApi().owner.query(
    `update environment set status = 'failed' where pack = (select id from pack where ref = 'again')`,
  );
  const rebuild = (ref: string, as: string) =>
    testApi().call('POST', `/packs/${ref}/environments/rebuild`, undefined, as);

  expect((await rebuild('again', token)).json()).toMatchObject({ data: [{ runtime: 'python', status: 'pending' }] });
  expect((await rebuild('absent', token)).statusCode).toBe(404);
  const newUser = await testApi().createUser('without-sets');
  expect((await rebuild('again', newUser)).statusCode).toBe(404);
  expect((await rebuild('core', newUser)).statusCode).toBe(403);
});

test('an environment whose worker is lost is claimed three times', async () => {
  await testApi().owner.query(`update environment set status = 'ready'`);
  await register(packWith('claimed', { 'requirements.txt': 'a==1\n' }));
  const claim = async () =>
    (await testApi().owner.query(`select pack_ref from claim_environment(300000, 3)`)).rows as unknown[];
  const lose = () =>
    testApi().owner.query(
      `update environment set claimed_at = liveness_now() - interval '301 s' where status = 'installing'`,
    );

  expect(await claim()).toEqual([{ pack_ref: 'claimed' }]);
  expect(await claim()).toEqual([]);
  await lose();
  expect(await claim()).toHaveLength(1);
  await lose();
  expect(await claim()).toHaveLength(1);
  await lose();
  expect(await claim()).toEqual([]);
  expect(await environmentStatuses('claimed')).toEqual([['python', 'failed']]);
});

test('removing a pack removes its environments', async () => {
  await register(packWith('doomed', { 'requirements.txt': 'a==1\n' }));
  const home = join(testApi().scratch, 'data', 'environments', '1', 'doomed');
  mkdirSync(join(home, 'python'), { recursive: true });
  await testApi().call('DELETE', '/packs/doomed', undefined, token);
  const { rows } = await testApi().owner.query(`select from environment where pack not in (select id from pack)`);
  expect(rows).toEqual([]);
  await removeUnusedPackFiles(testApi().db, throwError);
  expect(() => mkdirSync(home)).not.toThrow(); // the directory was removed
});

test('a report awaits the removal of its pack, and is not stored', async () => {
  await register(packWith('removed', { 'requirements.txt': 'a==1\n' }));
  const { owner, db } = testApi();
  const removal = await owner.connect();
  try {
    await removal.query('begin');
    const { rows } = await removal.query<{ storage: string }>(
      `delete from pack where ref = 'removed' returning storage`,
    );
    const [{ storage: packDirectory }] = rows as [{ storage: string }];
    const pack = { tenant: DEFAULT_TENANT, packRef: 'removed', packDirectory };
    const build = { runtime: 'python', contentHash: 'a', status: 'ready', sizeBytes: 1, log: 'built' } as const;

    const saved = saveEnvironment(db, { ...pack, ...build, failing: null, superseded: [] });
    await awaitLockedSession(testApi().owner, 'into environment');
    await removal.query('commit');

    await expect(saved).resolves.toBe(false);
  } finally {
    removal.release();
  }
});
