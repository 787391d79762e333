import type { Artifact } from '../../../../contract/artifacts';
import type { JsonObject } from '../../../../contract/json';
import { createClient, type Client } from '../../../../helpers/client/client';
import { randomName } from '../../../../helpers/scenario/names';
import { createChangeableSet, type ChangeableSet } from './changeable-set';
import { asGrant } from './grant-names';
import { loggedInByToken, type TokenUser } from './granted-callers';

type NewArtifact = Parameters<Client['artifacts']['create']>[0];

/** An artifact, by what it is of. */
export type ArtifactName =
  | 'public'
  | 'system'
  | 'pack'
  | 'otherPack'
  | 'action'
  | 'sensor'
  | 'own'
  | 'another'
  | 'given'
  | 'made';
const OF_PACK: readonly ArtifactName[] = ['pack', 'action', 'sensor'];
const OF_PACKS: readonly ArtifactName[] = [...OF_PACK, 'otherPack'];

/** A reader, and artifacts with each kind of owner: private, but for one. */
export interface ArtifactWorld {
  readonly reader: TokenUser;
  /** Of the reader. */
  readonly set: ChangeableSet;
  readonly packs: readonly [string, string];
  /** The reader owns `own`, and has created `made`, and `given` for another identity. */
  readonly artifacts: Readonly<Record<ArtifactName, Pick<Artifact, 'id' | 'ref'>>>;
  /** An execution that made a version of each but `given`, of which no version can be made. */
  readonly execution: number;
}

const read = (constraints: JsonObject = {}): JsonObject => ({ resource: 'artifacts', actions: ['read'], constraints });
const ofPacks = (action: string, constraints: JsonObject = {}): JsonObject => ({
  resource: 'packs',
  actions: [action],
  constraints,
});

/** Grants, and the artifacts that they open besides the reader's own one. */
export const ARTIFACT_GRANTS: readonly (readonly [
  (world: ArtifactWorld) => readonly JsonObject[],
  readonly ArtifactName[],
])[] = [
  [() => [], []],
  [() => [read()], ['public', 'made']],
  [() => [ofPacks('read')], OF_PACKS],
  [() => [ofPacks('configure')], OF_PACKS],
  [() => [ofPacks('delete')], []],
  [({ packs }) => [ofPacks('read', { refs: [packs[0]] })], OF_PACK],
  [({ packs }) => [ofPacks('configure', { pack_refs: [packs[1]] })], ['otherPack']],
  [({ packs }) => [read(), ofPacks('read', { refs: [packs[1]] })], ['public', 'made', 'otherPack']],
  [({ packs }) => [read({ pack_refs: [packs[0]] })], ['public', ...OF_PACK]],
  [({ packs }) => [read({ pack_refs: [packs[1]] })], ['public', 'otherPack']],
  [() => [read({ owner_types: ['action', 'sensor'] })], ['public', 'action', 'sensor']],
  [() => [read({ owner_types: ['identity'] })], ['public', 'another', 'given']],
  [() => [read({ visibility: ['public'] })], ['public']],
  [() => [read({ visibility: ['private'] })], ['public', 'system', ...OF_PACKS, 'another', 'given', 'made']],
  [({ artifacts }) => [read({ refs: [artifacts.system.ref] })], ['public', 'system']],
  [() => [read({ owner: 'self' })], ['public']],
  [() => [read({ owner: 'any' })], ['public', 'system', ...OF_PACKS, 'another', 'given', 'made']],
  [() => [read({ owner: 'none' })], ['public', 'system', ...OF_PACKS, 'made']],
  [({ packs }) => [read({ owner_refs: [packs[0]] })], ['public', 'pack']],
  [({ packs }) => [read({ owner_refs: [`${packs[0]}.watch`, packs[1]] })], ['public', 'sensor', 'otherPack']],
  [({ artifacts }) => [read({ ids: [artifacts.action.id] })], ['public', 'action']],
];

/** Creates the world in the tenant of this administrator. */
export async function createArtifactWorld(client: Client, url: string, directory: string): Promise<ArtifactWorld> {
  const set = await createChangeableSet(client, directory);
  const [reader, another] = [await loggedInByToken(client, url, set.ref), await loggedInByToken(client, url, set.ref)];
  const [ofReader, ofAnother] = [reader, another].map(({ token }) => createClient({ baseUrl: url, token })) as [
    Client,
    Client,
  ];
  const packs = [randomName(8), randomName(8)].map((name) => `a-${name}`) as [string, string];
  for (const ref of packs) await client.packs.create({ ref, label: ref, version: '1.0.0', is_standard: true });
  const grants = ['artifacts:create', 'artifacts:update', 'artifacts:read'];
  await set.grant(grants.map((name) => asGrant(name, null)));
  const { id: execution } = await client.executions.execute({ action_ref: 'core.noop' });
  const create = (by: Client, scope: Artifact['scope'], owner = '', more: Partial<NewArtifact> = {}) =>
    by.artifacts.create({ ref: `${randomName(8)}.${scope}`, scope, owner, type: 'other', ...more });
  const createKept = async (...[by, ...rest]: Parameters<typeof create>) => {
    const created = await create(by, ...rest);
    await by.artifacts.addVersion(created.id, { content: 'kept', execution });
    return created;
  };
  const artifacts = {
    public: await createKept(client, 'system', '', { visibility: 'public' }),
    system: await createKept(client, 'system'),
    pack: await createKept(client, 'pack', packs[0]),
    otherPack: await createKept(client, 'pack', packs[1]),
    action: await createKept(client, 'action', `${packs[0]}.act`),
    sensor: await createKept(client, 'sensor', `${packs[0]}.watch`),
    own: await createKept(ofReader, 'identity', String(reader.id)),
    another: await createKept(ofAnother, 'identity', String(another.id)),
    given: await create(ofReader, 'identity', String(another.id)),
    made: await createKept(ofReader, 'system'),
  };
  return { reader, set, packs, artifacts, execution };
}
