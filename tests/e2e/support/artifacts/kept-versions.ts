import type { Artifact } from '../../../../contract/artifacts';
import type { Client } from '../../../../helpers/client/client';
import type { Context } from '../../../../helpers/scenario/context';
import { createSensor } from '../key-ways/read-places';

type Kept = readonly [policy: Artifact['retention_policy'], limit: number];

/** What each source says about the artifacts that get their retention from it. */
const KEPT = {
  request: ['minutes', 2],
  execution: ['days', 7],
  action: ['versions', 3],
  sensor: ['hours', 4],
} as const satisfies Record<string, Kept>;
type Source = keyof typeof KEPT;

/** Fields of an artifact that gets its retention from this source. */
type Fields = Parameters<Client['artifacts']['addFileByRef']>[1];
type Sources = Readonly<Record<Source, NonNullable<Fields>>>;

const artifactFields = ([artifact_retention_policy, artifact_retention_limit]: Kept) => ({
  artifact_retention_policy,
  artifact_retention_limit,
});

/** Creates an action and a sensor, and starts an execution, each with its own retention. */
async function createSources(ctx: Context): Promise<Sources> {
  const { client, name } = ctx;
  const pack = await ctx.ownPack();
  const action = `${pack}.${name('keeping')}`;
  const program = { pack_ref: pack, label: 'keeping', runtime_ref: 'core.shell', entrypoint: 'true' };
  await client.actions.create({ ref: action, ...program, ...artifactFields(KEPT.action) });
  const sensor = await createSensor(ctx, pack, artifactFields(KEPT.sensor));
  const request = { action_ref: 'core.noop', ...artifactFields(KEPT.execution) };
  const { id: execution } = await client.executions.execute(request);
  const [retention_policy, retention_limit] = KEPT.request;
  return {
    request: { retention_policy, retention_limit },
    execution: { execution },
    action: { scope: 'action', owner: action },
    sensor: { scope: 'sensor', owner: sensor },
  };
}

/** The sources that artifacts name, the first of which decides; those that are created by ref. */
const ROWS: readonly (readonly Source[])[] = [
  [],
  ['request'],
  ['action'],
  ['sensor'],
  ['request', 'action'],
  ['request', 'sensor'],
];
const ROWS_BY_REF: typeof ROWS = [
  ...ROWS,
  ['execution'],
  ['execution', 'action'],
  ['execution', 'sensor'],
  ['request', 'execution', 'action'],
];

const LIMIT_WITHOUT_SOURCE = { create: 5, upload: 10, file: 10 } as const;
type Way = keyof typeof LIMIT_WITHOUT_SOURCE;

/** Creates an artifact in one of the three ways. Returns its id. */
async function createIn(way: Way, { client, name }: Context, fields: NonNullable<Fields>): Promise<number> {
  const { artifacts } = client;
  const ref = name('kept');
  const own = { scope: 'system', owner: '', type: 'file_text', ...fields } as const;
  if (way === 'create') return (await artifacts.create({ ref, ...own })).id;
  const created =
    way === 'upload' ? artifacts.uploadByRef(ref, Buffer.from('1'), own) : artifacts.addFileByRef(ref, own);
  return (await created).artifact;
}

/**
 * Creates an artifact in each way, with each combination of sources. Returns what each one keeps,
 * and what it must keep.
 */
export async function keepFromSources(ctx: Context): Promise<{ found: object; expected: object }> {
  const sources = await createSources(ctx);
  const rows = (Object.keys(LIMIT_WITHOUT_SOURCE) as Way[]).flatMap((way) =>
    (way === 'create' ? ROWS : ROWS_BY_REF).map((named) => ({ way, named, label: [way, ...named].join(' ') })),
  );
  const found = rows.map(async ({ way, named, label }) => {
    const id = await createIn(way, ctx, Object.assign({}, ...named.map((source) => sources[source])) as object);
    ctx.defer(() => ctx.client.artifacts.remove(id));
    const { retention_policy, retention_limit } = await ctx.client.artifacts.get(id);
    return [label, [retention_policy, retention_limit]] as const;
  });
  const expected = rows.map(({ way, named: [first], label }) => [
    label,
    first === undefined ? ['versions', LIMIT_WITHOUT_SOURCE[way]] : KEPT[first],
  ]);
  return { found: Object.fromEntries(await Promise.all(found)), expected: Object.fromEntries(expected) as object };
}
