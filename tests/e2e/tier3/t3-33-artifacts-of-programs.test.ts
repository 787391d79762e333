// Spec: a program writes artifacts of its own pack and of the system, and of no other pack.
import type { Client } from '../../../helpers/client/client';
import { rejectionStatus } from '../../../helpers/client/rejection-status';
import { mapConcurrently } from '../../../helpers/in-parallel';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { createArtifact } from '../../../helpers/scenario/resources/artifacts';
import { createWritingProgram } from '../support/artifacts/writing-program';
import { NEW_ARTIFACT_WAYS, VERSION_WAYS } from '../support/artifacts/version-ways';

type Artifact = Awaited<ReturnType<typeof createArtifact>>;

const NEEDS = ['core', 'rbac', 'sql'];

interface Owner {
  readonly scope: Artifact['scope'];
  readonly owner: string;
}

/** Owners, and whether a program of the pack `own` writes their artifacts. */
const ownersOf = (own: string, other: string): readonly (readonly [Owner, boolean])[] => [
  [{ scope: 'system', owner: '' }, true],
  ...[own, other].flatMap((pack) =>
    (
      [
        ['pack', pack],
        ['action', `${pack}.a`],
        ['sensor', `${pack}.s`],
      ] as const
    ).map(([scope, owner]) => [{ scope, owner }, pack === own] as const),
  ),
];

interface Written {
  readonly artifact: Artifact;
  readonly progress: Artifact;
  /** A new ref. */
  readonly ref: string;
  readonly owner: Owner;
}

type Way = (program: Client, written: Written) => Promise<unknown>;

const SHOWN = { type: 'file_text', visibility: 'public' } as const;

/** Each way to write an artifact, its removal last. */
const WAYS: Readonly<Record<string, Way>> = {
  'a new one': ({ artifacts }, { ref, owner }) => artifacts.create({ ...owner, ...SHOWN, ref: `${ref}-new` }),
  'a change': ({ artifacts }, { artifact }) => artifacts.update(artifact.id, { retention_limit: 20 }),
  'the removal of a version': ({ artifacts }, { artifact }) => artifacts.removeVersion(artifact.id, 1),
  data: ({ artifacts }, { artifact }) => artifacts.replaceData(artifact.id, 1),
  progress: ({ artifacts }, { progress }) => artifacts.appendProgress(progress.id, { percent: 1 }),
  ...Object.fromEntries(
    Object.entries(VERSION_WAYS).map(([name, add]): [string, Way] => [
      name,
      (program, { artifact }) => add(program, artifact, {}),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(NEW_ARTIFACT_WAYS).map(([name, add], n): [string, Way] => [
      name,
      (program, { ref, owner }) => add(program, `${ref}-${n}`, { ...owner, ...SHOWN }),
    ]),
  ),
  'its removal': ({ artifacts }, { artifact }) => artifacts.remove(artifact.id),
};

/** Removes what a way has not removed, and what it has created. */
async function removeAll({ client: { artifacts } }: Context, { artifact, ref }: Written): Promise<void> {
  const left = (await artifacts.list()).filter((row) => row.id === artifact.id || row.ref.startsWith(`${ref}-`));
  for (const { id } of left) await artifacts.remove(id);
}

/** What each way is answered; null: it is done. An artifact is given to the owner, too. */
async function tryWays(ctx: Context, program: Client, owner: Owner) {
  const artifact = await ctx.client.artifacts.create({ ...owner, ...SHOWN, ref: ctx.name('file') });
  const progress = await createArtifact(ctx, 'progress', { ...owner, ...SHOWN, type: 'progress' });
  const given = await createArtifact(ctx, 'given', SHOWN);
  await ctx.client.artifacts.addVersion(artifact.id, { content: 'first' });
  const written = { artifact, progress, ref: ctx.name('new'), owner };
  ctx.defer(() => removeAll(ctx, written));
  const statuses: Record<string, number | null> = {
    'given to it': await rejectionStatus(program.artifacts.update(given.id, owner)),
  };
  for (const [name, write] of Object.entries(WAYS)) statuses[name] = await rejectionStatus(write(program, written));
  return statuses;
}

claim('T3.33p', NEEDS, 'a program writes artifacts of its own pack alone', async (ctx) => {
  const own = await ctx.ownPack();
  const { ref: other } = await ctx.client.packs.create({ ref: ctx.name('other'), label: 'other', version: '1.0.0' });
  ctx.defer(() => ctx.client.packs.remove(other));
  const { client } = await createWritingProgram(ctx, own);
  const owners = ownersOf(own, other);

  const found = await mapConcurrently(owners, 4, async ([owner]) => [owner, await tryWays(ctx, client, owner)]);

  const names = ['given to it', ...Object.keys(WAYS)];
  const expected = owners.map(([owner, isOpen]) => [
    owner,
    Object.fromEntries(names.map((name) => [name, isOpen ? null : 403])),
  ]);
  expect(found).toEqual(expected);
});

/** Owners, and whether `standard` opens their artifacts to the program of the pack `own`. */
const standardOf = (own: string, other: string): readonly (readonly [Owner, boolean])[] => [
  [{ scope: 'action', owner: `${own}.program` }, true],
  ...ownersOf(own, other).map(([owner]) => [owner, owner.scope === 'pack' && owner.owner === own] as const),
];

claim('T3.33t', NEEDS, 'a program with the standard set writes what its action and pack own', async (ctx) => {
  const own = await ctx.ownPack();
  const { ref: other } = await ctx.client.packs.create({ ref: ctx.name('other'), label: 'other', version: '1.0.0' });
  ctx.defer(() => ctx.client.packs.remove(other));
  const { client } = await createWritingProgram(ctx, own, 'standard');
  const owners = standardOf(own, other);

  const found = await mapConcurrently(owners, 4, async ([owner]) => [owner, await tryWays(ctx, client, owner)]);

  const expected = owners.map(([owner, isOpen]) => [
    owner,
    { 'given to it': 403, ...Object.fromEntries(Object.keys(WAYS).map((name) => [name, isOpen ? null : 403])) },
  ]);
  expect(found).toEqual(expected);
});
