import type { Client } from '../../../../helpers/client/client';
import type { Row } from './row';
import type { TwinTenant } from './tenant-twins';

type Verbs<B, C> = (client: Client) => {
  readonly create: (body: B) => Promise<object>;
  readonly get: (ref: string) => Promise<object>;
  readonly update: (ref: string, change: C) => Promise<object>;
};

/** When the components were created, and one of each kind was changed. */
interface Instants {
  readonly created: string;
  readonly changed: string;
}

/** Some components of one kind, of which one is changed later. */
interface Components {
  readonly create: (client: Client) => Promise<unknown>;
  readonly change: (client: Client) => Promise<unknown>;
  /** What GET by ref returns of each, with what was sent of it. */
  readonly read: (client: Client, at: Instants) => Promise<Row[]>;
}

/** `change`: of the component of that ref. */
function components<B extends { readonly ref: string }, C extends object>(
  verbs: Verbs<B, C>,
  bodies: readonly B[],
  [changed, change]: readonly [string, C],
): Components {
  return {
    create: async (client) => {
      for (const body of bodies) await verbs(client).create(body);
    },
    change: (client) => verbs(client).update(changed, change),
    read: (client, at) =>
      Promise.all(
        bodies.map(async (body) => ({
          ...(await verbs(client).get(body.ref)),
          ...body,
          created: at.created,
          updated: at.created,
          ...(body.ref === changed && { ...change, updated: at.changed }),
        })),
      ),
  };
}

const program = { runtime_ref: 'core.shell', entrypoint: 'true' };
const flow = { version: '1.0.0', definition: { version: '1.0.0', tasks: [{ name: 'only', action: 'core.noop' }] } };
const runtime = { distributions: {}, execution_config: {} };

/** The name is the last part of the ref; the pack the first. */
const of = (pack_ref: string, name: string, label: string, description: string) => ({
  ref: `${pack_ref}.${name}`,
  pack_ref,
  label,
  description,
});

const PACKS = components(
  ({ packs }) => packs,
  [
    { ref: 'lists', label: 'An A', description: 'plural', version: '1.0.0', tags: ['one'] },
    { ref: 'list', label: 'The B', description: 'singular', version: '2.0.0', tags: [] },
  ],
  ['lists', { label: 'Changed A' }],
);

const TRIGGERS = components(
  ({ triggers }) => triggers,
  [
    { ...of('lists', 't', 'trigger C', 'third'), enabled: true },
    { ...of('list', 'tt', 'trigger B', 'second'), enabled: false },
    { ...of('list', 't', 'trigger A', 'first'), enabled: true },
  ],
  ['list.tt', { label: 'changed B' }],
);

const RUNTIMES = components(
  ({ runtimes }) => runtimes,
  [
    { ref: 'lists.own', pack_ref: 'lists', name: 'plural', description: 'second', ...runtime },
    { ref: 'list.own', pack_ref: 'list', name: 'singular', description: 'first', ...runtime },
  ],
  ['lists.own', { name: 'changed' }],
);

const ACTIONS = components(
  ({ actions }) => actions,
  [
    { ...of('lists', 'a', 'Second Word', 'of the plural'), ...program },
    { ...of('list', 'aa', 'First', 'Word of two'), ...program },
    { ...of('list', 'a', 'First', 'of one'), ...program },
  ],
  ['list.aa', { label: 'Third' }],
);

/** Labels in another order than their refs, and two with one label. */
const WORKFLOWS = components(
  ({ workflows }) => workflows,
  [
    { ...of('list', 'w2', 'Tie', 'Second one'), ...flow, tags: ['both', 'second'] },
    { ...of('lists', 'w', 'Tie', 'plural'), ...flow, tags: ['plural'] },
    { ...of('list', 'w1', 'Upper', 'first one'), ...flow, tags: ['both', 'first'] },
  ],
  ['list.w2', { description: 'second Changed' }],
);

const SENSORS = components(
  ({ sensors }) => sensors,
  [
    { ...of('lists', 's', 'sensor C', 'third'), ...program, trigger_ref: 'list.t', enabled: false },
    { ...of('list', 'ss', 'sensor B', 'second'), ...program, trigger_ref: 'list.tt', enabled: false },
    { ...of('list', 's', 'sensor A', 'first'), ...program, trigger_ref: 'list.t', enabled: true },
  ],
  ['list.ss', { label: 'changed B' }],
);

const RULES = components(
  ({ rules }) => rules,
  [
    { ...of('lists', 'r', 'rule D', 'fourth'), trigger_ref: 'list.t', action_ref: 'lists.a', enabled: true },
    { ...of('list', 'r3', 'rule C', 'third'), trigger_ref: 'list.tt', action_ref: 'list.a', enabled: true },
    { ...of('list', 'r2', 'rule B', 'second'), trigger_ref: 'list.t', action_ref: 'list.aa', enabled: false },
    { ...of('list', 'r1', 'rule A', 'first'), trigger_ref: 'list.t', action_ref: 'list.a', enabled: true },
  ],
  ['list.r2', { label: 'changed B', action_params: { n: 2 } }],
);

const queue = { dispatch_action_ref: 'list.a', accepting_new_items: false };
const adhoc = (ref: string, label: string, description: string, enabled: boolean) => ({
  ref,
  label,
  description,
  enabled,
  ...queue,
  dispatch_action_ref: 'lists.a',
});

const QUEUES = components(
  ({ queues }) => queues,
  [
    { ...of('lists', 'q', 'plural', 'Found'), ...queue, enabled: true },
    { ...of('list', 'qq', 'Found here', 'second'), ...queue, enabled: false },
    { ...of('list', 'q', 'queue', 'first'), ...queue, enabled: true },
    adhoc('own-b', 'without pack', 'found', false),
    adhoc('own-found', 'without pack', 'last', true),
  ],
  ['own-b', { label: 'changed' }],
);

const KINDS = { PACKS, TRIGGERS, RUNTIMES, ACTIONS, WORKFLOWS, SENSORS, RULES, QUEUES };

export interface ListedComponents {
  readonly packs: readonly Row[];
  readonly triggers: readonly Row[];
  readonly runtimes: readonly Row[];
  readonly actions: readonly Row[];
  readonly workflows: readonly Row[];
  readonly sensors: readonly Row[];
  readonly rules: readonly Row[];
  readonly queues: readonly Row[];
  /** Of the workflow `list.w1`. */
  readonly revisions: readonly Row[];
}

const REVISED = 'list.w1';

/** The components of two packs, created at one instant; one of each kind is changed later. */
export async function createListedComponents({ client }: TwinTenant): Promise<ListedComponents> {
  await PACKS.create(client);
  await Promise.all([TRIGGERS, RUNTIMES, ACTIONS].map((kind) => kind.create(client)));
  await Promise.all([WORKFLOWS, SENSORS, RULES, QUEUES].map((kind) => kind.create(client)));
  const created = (await client.clock.get()).now;
  await client.workflows.createRevision(REVISED, { definition: flow.definition });
  const { now: changed } = await client.clock.advance({ by: 1 });
  await Promise.all(Object.values(KINDS).map((kind) => kind.change(client)));
  const [packs, triggers, runtimes, actions, workflows, sensors, rules, queues] = await Promise.all(
    Object.values(KINDS).map((kind) => kind.read(client, { created, changed })),
  );
  return {
    ...(await withShared(client, {
      packs: packs!,
      triggers: triggers!,
      runtimes: runtimes!,
      actions: actions!,
      sensors: sensors!,
    })),
    workflows: workflows!,
    rules: rules!,
    queues: queues!,
    revisions: await Promise.all([1, 2].map((revision) => client.workflows.revision(REVISED, revision))),
  };
}

const FLOWS = ['list.w1', 'list.w2', 'lists.w'];

/** With the shared components of the pack `core`, and the actions of workflows. */
async function withShared(
  client: Client,
  own: Pick<ListedComponents, 'packs' | 'triggers' | 'runtimes' | 'actions' | 'sensors'>,
) {
  const { packs } = client;
  const withThoseOfCore = async (
    kind: 'triggers' | 'runtimes' | 'actions' | 'sensors',
    others: readonly string[] = [],
  ) => {
    const refs = [...(await packs[kind]('core')).map(({ ref }) => ref), ...others];
    return [...own[kind], ...(await Promise.all(refs.map((ref) => client[kind].get(ref))))];
  };
  return {
    packs: [...own.packs, await packs.get('core')],
    triggers: await withThoseOfCore('triggers'),
    runtimes: await withThoseOfCore('runtimes'),
    actions: await withThoseOfCore('actions', FLOWS),
    sensors: await withThoseOfCore('sensors'),
  };
}
