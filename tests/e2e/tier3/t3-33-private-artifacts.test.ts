// Spec: a private artifact exists for those alone who may read it.
import { createClient } from '../../../helpers/client/client';
import { mapConcurrently } from '../../../helpers/in-parallel';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { createTestTenant } from '../../../helpers/scenario/resources/test-tenant';
import { callApi } from '../support/api-call';
import { forgeProgramToken, readTokenSecret } from '../support/forge-token';
import {
  ARTIFACT_GRANTS,
  createArtifactWorld,
  type ArtifactName,
  type ArtifactWorld,
} from '../support/matrix/private-artifacts';

const NEEDS = ['rbac', 'tenants'];

const createWorld = async (ctx: Context): Promise<ArtifactWorld> => {
  const { client } = await createTestTenant(ctx, 'own');
  return createArtifactWorld(client, ctx.facts.url, `${ctx.facts.directory}/fixtures`);
};

type Artifact = ArtifactWorld['artifacts'][ArtifactName];

/** A way to read an artifact: its path. */
type Read = (artifact: Artifact) => string;

const byId: Read = ({ id }) => `/artifacts/${id}`;

/** Of an artifact, the status of each read, and of a change for which no grant is held. */
async function statusesOf(token: string, artifact: Artifact, reads: readonly Read[]): Promise<readonly number[]> {
  const responses = await mapConcurrently(reads, 2, (pathOf) => callApi(token, 'GET', pathOf(artifact)));
  const change = await callApi(token, 'PUT', `${byId(artifact)}/data`, { data: 1 });
  return [...responses, change].map(({ status }) => status);
}

/** Of each artifact, whether the reader is listed it, and the statuses. */
async function access(url: string, { reader: { token }, artifacts }: ArtifactWorld, reads: readonly Read[]) {
  const listed = new Set((await createClient({ baseUrl: url, token }).artifacts.list()).map(({ id }) => id));
  const rows = await mapConcurrently(Object.entries(artifacts), 4, async ([name, artifact]) => {
    return [name, [listed.has(artifact.id), ...(await statusesOf(token, artifact, reads))]] as const;
  });
  return Object.fromEntries(rows);
}

/** The same where the reader may read its own artifact and these. */
const accessTo = ({ artifacts }: ArtifactWorld, opened: readonly ArtifactName[], reads: readonly Read[]) =>
  Object.fromEntries(
    Object.keys(artifacts).map((name) => {
      const isOpen = ['own', ...opened].includes(name);
      return [name, [isOpen, ...reads.map(() => (isOpen ? 200 : 404)), isOpen ? 403 : 404]];
    }),
  );

claim('T3.33k', NEEDS, 'a grant opens the private artifacts that it names', async (ctx) => {
  const world = await createWorld(ctx);
  const seen: object[] = [];

  for (const [grantsOf] of ARTIFACT_GRANTS) {
    const grants = grantsOf(world);
    await world.set.grant(grants);
    seen.push({ grants, ...(await access(ctx.facts.url, world, [byId])) });
  }
  const { packs, artifacts, reader, set } = world;
  await set.grant([{ resource: 'artifacts', actions: ['read', 'update'], constraints: { pack_refs: [packs[0]] } }]);
  const changes = [{ owner: packs[1] }, { scope: 'system', owner: '' }, { retention_limit: 7 }, { owner: packs[0] }];
  const changed: number[] = [];
  for (const change of changes) changed.push((await callApi(reader.token, 'PUT', byId(artifacts.pack), change)).status);

  const expected = ARTIFACT_GRANTS.map(([of, opened]) => ({ grants: of(world), ...accessTo(world, opened, [byId]) }));
  expect(seen).toEqual(expected);
  expect(changed).toEqual([403, 403, 200, 200]); // a grant covers what an artifact becomes, too
});

const PARTS = ['', '/versions', '/versions/latest', '/versions/1', '/versions/1/download', '/download'];
const READS: readonly Read[] = [
  ...PARTS.map(
    (part): Read =>
      (artifact) =>
        `${byId(artifact)}${part}`,
  ),
  ({ ref }) => `/artifacts/ref/${ref}`,
];

/** A list that has pages, or none. */
type Rows = { readonly [name in 'data' | 'items']?: readonly { readonly id: number }[] };

/** The ids of the artifacts of an execution, as each of its two lists has them. */
async function idsOfExecution({ reader: { token }, execution }: ArtifactWorld): Promise<number[][]> {
  const lists = [`/executions/${execution}/artifacts`, `/artifacts?execution=${execution}`];
  return mapConcurrently(lists, 2, async (path) => {
    const { data, items = data! } = JSON.parse((await callApi(token, 'GET', path)).text) as Rows;
    return items.map(({ id }) => id).sort((one, other) => one - other);
  });
}

/** The names of the artifacts that a program of the reader is listed, with the reader's set. */
async function listedToProgram({ facts }: Context, { reader, set, artifacts }: ArtifactWorld): Promise<string[]> {
  const claims = { identity: reader.id, permissionSets: [set.ref] };
  const token = await forgeProgramToken(await readTokenSecret(facts), claims);
  const listed = await createClient({ baseUrl: facts.url, token }).artifacts.list();
  const ids = new Set(listed.map(({ id }) => id));
  return Object.entries(artifacts).flatMap(([name, { id }]) => (ids.has(id) ? [name] : []));
}

claim('T3.33j', NEEDS, 'a private artifact is hidden from each way to read it', async (ctx) => {
  const world = await createWorld(ctx);
  const [grantsOf, opened] = ARTIFACT_GRANTS[1]!;

  await world.set.grant(grantsOf(world));

  expect(await access(ctx.facts.url, world, READS)).toEqual(accessTo(world, opened, READS));
  const ids = (['own', ...opened] as const).map((name) => world.artifacts[name].id);
  const ofExecution = ids.sort((one, other) => one - other);
  expect(await idsOfExecution(world)).toEqual([ofExecution, ofExecution]);
  if (ctx.canProve('sql')) expect(await listedToProgram(ctx, world)).toEqual(['public']);
});
