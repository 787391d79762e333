import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeSpentFiles } from '../../../platform/packs/spent-files';
import { openStage, type Stage } from './stage';

let stage: Stage;
let token: string;
beforeAll(async () => {
  stage = await openStage();
  token = await stage.hire('maker', 'core.admin');
}, 30_000);
afterAll(() => stage.close());

/** A directory with a pack whose manifests are these. */
function packWith(ref: string, manifests: Record<string, string>): string {
  const directory = join(stage.scratch, `${ref}-${Object.values(manifests).join().length}`);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'pack.yaml'), `ref: ${ref}\nversion: 1.0.0\nname: ${ref}\n`);
  for (const [name, text] of Object.entries(manifests)) writeFileSync(join(directory, name), text);
  return directory;
}

const register = (path: string, force = false) =>
  stage.send({ method: 'POST', url: '/api/v1/packs/register', payload: { path, force } }, token);
const environments = async (ref: string, as = token) => {
  const answer = await stage.send({ method: 'GET', url: `/api/v1/packs/${ref}/environments` }, as);
  return answer.json<{ data: { runtime: string; status: string; content_hash: string }[] }>().data;
};
const standing = async (ref: string) => (await environments(ref)).map(({ runtime, status }) => [runtime, status]);

test('a registration asks for an environment of each manifest, and the next for those of its own', async () => {
  await register(packWith('both', { 'requirements.txt': 'a==1\n', 'package.json': '{}' }));
  expect(await standing('both')).toEqual([
    ['nodejs', 'pending'],
    ['python', 'pending'],
  ]);
  await register(packWith('both', { 'requirements.txt': 'a==1\n' }), true);
  expect(await standing('both')).toEqual([['python', 'pending']]);
  await register(packWith('neither', {}));
  expect(await standing('neither')).toEqual([]);
});

test('what was built of other manifests is outdated until it is built anew', async () => {
  await register(packWith('later', { 'requirements.txt': 'a==1\n' }));
  const [before] = await environments('later');
  await stage.owner.query(`update environment set status = 'ready', built_at = platform_now()
    where pack = (select id from pack where ref = 'later')`);
  await register(packWith('later', { 'requirements.txt': 'a==2.0\n' }), true);
  const [after] = await environments('later');
  expect(after?.status).toBe('outdated');
  expect(after?.content_hash).not.toBe(before?.content_hash);
});

test('a rebuild is asked for by who may configure packs; others are refused, and strangers find nothing', async () => {
  await register(packWith('again', { 'requirements.txt': 'a==1\n' }));
  await stage.owner.query(
    `update environment set status = 'failed' where pack = (select id from pack where ref = 'again')`,
  );
  const rebuild = (ref: string, as: string) =>
    stage.send({ method: 'POST', url: `/api/v1/packs/${ref}/environments/rebuild` }, as);

  expect((await rebuild('again', token)).json()).toMatchObject({ data: [{ runtime: 'python', status: 'pending' }] });
  expect((await rebuild('absent', token)).statusCode).toBe(404);
  const stranger = await stage.hire('stranger');
  expect((await rebuild('again', stranger)).statusCode).toBe(404);
  expect((await rebuild('core', stranger)).statusCode).toBe(403);
});

test('one worker takes an environment, another finds none, and a lost one gives it back three times', async () => {
  await stage.owner.query(`update environment set status = 'ready'`);
  await register(packWith('claimed', { 'requirements.txt': 'a==1\n' }));
  const claim = async () =>
    (await stage.owner.query(`select pack_ref from claim_environment(300000, 3)`)).rows as unknown[];
  const lose = () =>
    stage.owner.query(
      `update environment set claimed_at = platform_now() - interval '301 s' where status = 'installing'`,
    );

  expect(await claim()).toEqual([{ pack_ref: 'claimed' }]);
  expect(await claim()).toEqual([]);
  await lose();
  expect(await claim()).toHaveLength(1);
  await lose();
  expect(await claim()).toHaveLength(1);
  await lose();
  expect(await claim()).toEqual([]);
  expect(await standing('claimed')).toEqual([['python', 'failed']]);
});

test('a pack that is removed takes its environments along', async () => {
  await register(packWith('doomed', { 'requirements.txt': 'a==1\n' }));
  const home = join(stage.scratch, 'environments', '1', 'doomed');
  mkdirSync(join(home, 'python'), { recursive: true });
  await stage.send({ method: 'DELETE', url: '/api/v1/packs/doomed' }, token);
  const { rows } = await stage.owner.query(`select from environment where pack not in (select id from pack)`);
  expect(rows).toEqual([]);
  await removeSpentFiles(stage.db);
  expect(() => mkdirSync(home)).not.toThrow(); // nothing is there any more
});
