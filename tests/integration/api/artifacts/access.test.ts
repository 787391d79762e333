import { createClient, type Client } from '../../../../helpers/client/client';
import { createGrantHolder, type Grants } from '../grant-holder';
import {
  READ_ALL,
  artifactRefs,
  createClientWithGrants,
  leaseExecution,
  newActionRef,
  readGrant,
  withArtifactApi,
  writeStdout,
} from './with-artifact-api';
import { tokenOfExecution } from '../test-tokens';

const api = withArtifactApi();

/** Who sees what, of private logs of the pack `demo`. */
test.each<[string, Grants, boolean]>([
  ['artifacts and packs', READ_ALL, true],
  ['artifacts alone', [readGrant('artifacts')], false],
  ['packs alone', [readGrant('packs')], true],
  ['the pack alone', [readGrant('packs', { refs: ['demo'] })], true],
  ['another pack alone', [readGrant('packs', { refs: ['other'] })], false],
  ['the configuration of packs', [{ ...readGrant('packs'), actions: ['configure'] }], true],
  ['nothing', [], false],
  ['artifacts of the pack', [readGrant('artifacts', { pack_refs: ['demo'] })], true],
  ['artifacts of another pack', [readGrant('artifacts', { pack_refs: ['other'] })], false],
  ['artifacts of actions', [readGrant('artifacts', { owner_types: ['action'] })], true],
  ['private ones', [readGrant('artifacts', { visibility: ['private'] })], true],
  ['artifacts, and another pack', [readGrant('artifacts'), readGrant('packs', { pack_refs: ['other'] })], false],
])('the right to read %s decides alike on every path', async (_what, grants, isVisible) => {
  const action = newActionRef();
  const claim = await leaseExecution(api(), action);
  await writeStdout(api(), claim, 'said');
  const { id, ref } = await api().reader.artifacts.byRef(`${action}.stdout.log`);
  const client = await createClientWithGrants(api(), grants);

  expect(await artifactRefs(client, claim.execution)).toEqual(isVisible ? [ref] : []);
  expect((await client.artifacts.list({ execution: claim.execution })).length).toBe(isVisible ? 1 : 0);
  const reads = [
    () => client.artifacts.get(id),
    () => client.artifacts.byRef(ref),
    () => client.artifacts.versions(id),
    () => client.artifacts.latest(id),
    () => client.artifacts.version(id, 1),
    () => client.artifacts.download(id),
    () => client.artifacts.downloadVersion(id, 1),
    () => client.artifacts.follow(id).next(),
  ];
  for (const read of reads) {
    if (isVisible) await expect(read()).resolves.toBeDefined();
    else await expect(read()).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
  }
});

test('an unconstrained grant opens no log of a foreign or deleted pack', async () => {
  const { rows } = await api().owner.query<{ id: number }>(
    `insert into identity (login) values ('maker') returning id`,
  );
  await api().owner.query(`insert into pack (ref, label, version, installed_by) values ('hers', 'hers', '1.0.0', $1)`, [
    rows[0]!.id,
  ]);
  const claims = [await leaseExecution(api(), 'hers.act'), await leaseExecution(api(), 'gone.act')];
  for (const claim of claims) await writeStdout(api(), claim, 'said');

  expect(await Promise.all(claims.map(({ execution }) => artifactRefs(api().reader, execution)))).toEqual([[], []]);
  const client = await createClientWithGrants(api(), [readGrant('packs', { pack_refs: ['gone', 'hers'] })]);
  expect(await Promise.all(claims.map(({ execution }) => artifactRefs(client, execution)))).toEqual([
    ['hers.act.stdout.log'],
    ['gone.act.stdout.log'],
  ]);
  await expect(client.artifacts.byRef('gone.act.stdout.log')).resolves.toMatchObject({ owner: 'gone.act' });
});

test('a plain grant opens a private artifact to its creator alone', async () => {
  const token = await createGrantHolder(api().owner, [readGrant('artifacts')]);
  const { rows } = await api().owner.query<{ id: number }>('select max(id) as id from identity');
  const created = async (ref: string, scope: string, owner: string, creator: number | null) => {
    await api().owner.query('insert into artifact (ref, scope, owner, creator) values ($1, $2, $3, $4)', [
      ...[ref, scope, owner, creator],
    ]);
    return ref;
  };
  const own = await created('made.own', 'system', '', rows[0]!.id);
  await created('made.none', 'system', '', null);
  await created('made.given', 'identity', '999999', rows[0]!.id);
  const client = createClient({ baseUrl: api().url, token });

  expect((await client.artifacts.list()).map(({ ref }) => ref).filter((ref) => ref.startsWith('made.'))).toEqual([own]);
});

test('a running action reads the logs of itself and its pack only', async () => {
  const [own, other] = [newActionRef(), newActionRef()];
  for (const action of [own, other]) await writeStdout(api(), await leaseExecution(api(), action), 'said');
  const token = await tokenOfExecution(1, ['standard'], { standard_access_action_refs: [own] });
  const client = createClient({ baseUrl: api().url, token });

  expect(await client.artifacts.download((await client.artifacts.byRef(`${own}.stdout.log`)).id)).toBe('said');
  await expect(client.artifacts.byRef(`${other}.stdout.log`)).rejects.toMatchObject({ status: 404 });
});

test('a public artifact takes any grant; a private one is its owner’s', async () => {
  const token = await createGrantHolder(api().owner, []);
  const { rows } = await api().owner.query<{ id: number }>('select max(id) as id from identity');
  await api().owner.query(
    `insert into artifact (ref, scope, owner, visibility) values ('of.all', 'system', '', 'public'), ('of.one', 'identity', $1, 'private')`,
    [String(rows[0]!.id)],
  );
  const seenBy = async (client: Client) =>
    (await client.artifacts.list()).map(({ ref }) => ref).filter((ref) => ref.startsWith('of.'));

  expect(await seenBy(createClient({ baseUrl: api().url, token }))).toEqual(['of.one']);
  expect(await seenBy(await createClientWithGrants(api(), [readGrant('artifacts')]))).toEqual(['of.all']);
  expect(await seenBy(await createClientWithGrants(api(), [readGrant('artifacts', { pack_refs: ['other'] })]))).toEqual(
    ['of.all'],
  );
});
