// Spec: an execution runs on the worker that its placement names or prefers.
import type { Client } from '../../../helpers/client/client';
import { cancelAndWait } from '../../../helpers/scenario/cancel-execution';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe, executionToEnd } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { RestartablePlatform } from '../support/commands/restartable-platform';
import { startStandaloneWorker } from '../support/workers/standalone-worker';

const NEEDS = ['process', 'host.processes', 'workers.pin'];
const STANDALONE = [...NEEDS, 'workers.standalone'];

type Execute = Parameters<Client['executions']['execute']>[0];
type PlacementKey = 'worker_selector' | 'worker_affinity' | 'worker_tolerations';
type Placement = Pick<Execute, PlacementKey>;
/** An action has no `null` among them. */
type ActionPlacement = Pick<Parameters<Client['actions']['create']>[0], PlacementKey>;

const named = (...values: string[]) => ({ match_expressions: [{ key: 'worker', operator: 'in', values }] });
const notNamed = (name: string) => ({ match_expressions: [{ key: 'worker', operator: 'not_in', values: [name] }] });
const preferred = (weight: number, name: string) => ({ weight, preference: named(name) });

/** A label that no worker has, in each operator, as it holds and as it does not. */
const absent = (operator: string, ...values: string[]) => ({ key: 'absent', operator, values });
const hold = (name: string) => ({
  match_labels: { worker: name },
  match_expressions: [absent('not_in', name), absent('does_not_exist'), { key: 'worker', operator: 'exists' }],
});
const holdNot = (name: string) =>
  [absent('in', name), absent('exists'), { key: 'worker', operator: 'does_not_exist' }].map((expression) => ({
    match_labels: { worker: name },
    match_expressions: [expression],
  }));

/** Placements that lead to one of two workers. */
const PLACEMENTS: Readonly<Record<string, (target: string, other: string) => Placement>> = {
  selector: (target) => ({ worker_selector: { worker: target } }),
  'in a list': (target) => ({ worker_affinity: { required: [named('elsewhere', target)] } }),
  'not in a list': (_target, other) => ({ worker_affinity: { required: [notNamed(other)] } }),
  'away from': (_target, other) => ({ worker_affinity: { anti_affinity: [named('elsewhere'), named(other)] } }),
  'by a label that is absent': (target) => ({ worker_affinity: { required: [hold(target)] } }),
  'away from an absent label': (target, other) => ({
    worker_affinity: { anti_affinity: [...holdNot(target), hold(other)] },
  }),
  'preferred by an absent label': (target, other) => ({
    worker_affinity: {
      preferred: [{ preference: hold(target) }, ...holdNot(other).map((preference) => ({ weight: 2, preference }))],
    },
  }),
  preferred: (target) => ({ worker_affinity: { preferred: [preferred(1, target)] } }),
  'preferred more': (target, other) => ({
    worker_affinity: { preferred: [preferred(2, other), preferred(3, target)] },
  }),
  'preferred in sum': (target, other) => ({
    worker_affinity: { preferred: [preferred(3, other), preferred(2, target), preferred(2, target)] },
  }),
};

/** Placements that lead to one of two workers, of which one runs a program. */
const BESIDE_WORK: Readonly<Record<string, (busy: string, idle: string) => readonly [Placement, string]>> = {
  'preferred, though busy': (busy) => [{ worker_affinity: { preferred: [preferred(1, busy)] } }, busy],
  'equally preferred': (busy, idle) => [
    { worker_affinity: { preferred: [preferred(2, busy), preferred(2, idle)] } },
    idle,
  ],
  'without a preference': (_busy, idle) => [{}, idle],
};

/** The name of the worker that ran it. */
async function placedOn(
  ctx: Context,
  { client }: RestartablePlatform,
  placement: Placement,
  action_ref = 'core.noop',
): Promise<string> {
  const { id } = await client.executions.execute({ action_ref, ...placement });
  const { worker } = await until(executionToEnd(client, id), ctx.deadline);
  return (await client.workers.get(worker!)).name;
}

/** Starts a program on a worker. Returns what ends it. */
async function keepBusy(ctx: Context, { client }: RestartablePlatform, action_ref: string, name: string) {
  const { id } = await client.executions.execute({ action_ref, worker_selector: { worker: name } });
  await until(executionToBe('running', client, id), ctx.deadline);
  return () => cancelAndWait(client, id);
}

/** By the busy one of two workers, where each placement beside its work has led, and must lead. */
async function placedBesideWork(ctx: Context, platform: RestartablePlatform, [busy, idle]: readonly [string, string]) {
  const { ref } = await platform.client.packs.create({ ref: ctx.name('pack'), label: 'pack', version: '1.0.0' });
  const action = await createScriptAction({ client: platform.client, name: ctx.name }, ref, 'exec sleep 300');
  const end = await keepBusy(ctx, platform, action, busy);
  const rows: [string, string, string][] = [];
  for (const [name, place] of Object.entries(BESIDE_WORK)) {
    const [placement, expected] = place(busy, idle);
    rows.push([name, await placedOn(ctx, platform, placement), expected]);
  }
  await end();
  return rows;
}

/** Placements that an action has as well as a request, by the worker to which they lead. */
const OF_ACTIONS: Readonly<Record<string, (name: string) => ActionPlacement>> = {
  selector: (name) => ({ worker_selector: { worker: name } }),
  affinity: (name) => ({ worker_affinity: { required: [named(name)] } }),
};

/** Creates an action with a placement in a pack of its own. Returns its ref. */
async function createPlaced(
  ctx: Context,
  { client }: RestartablePlatform,
  placement: ActionPlacement & RequiredVersions,
): Promise<string> {
  const { ref: pack_ref } = await client.packs.create({ ref: ctx.name('placed'), label: 'pack', version: '1.0.0' });
  const program = { runtime_ref: 'core.shell', entrypoint: 'true' };
  return (await client.actions.create({ ref: `${pack_ref}.act`, pack_ref, label: 'act', ...program, ...placement }))
    .ref;
}

/** Where an action leads that names a worker, and a request of it that names the other one. */
async function placedByAction(ctx: Context, platform: RestartablePlatform, names: readonly [string, string]) {
  const rows: [string, string, string][] = [];
  for (const [kind, place] of Object.entries(OF_ACTIONS)) {
    for (const [name, other] of [names, [...names].reverse()] as [string, string][]) {
      const action = await createPlaced(ctx, platform, place(name));
      rows.push([kind, await placedOn(ctx, platform, {}, action), name]);
      rows.push([`another ${kind}`, await placedOn(ctx, platform, place(other), action), other]);
    }
  }
  return rows;
}

type RequiredVersions = Pick<Parameters<Client['actions']['create']>[0], 'required_worker_runtimes'> & {
  readonly runtime_version_constraint?: string;
};

/** What an action requires of its worker, and what the error says that none has. */
const VERSIONS: readonly (readonly [RequiredVersions, string | null])[] = [
  [{ required_worker_runtimes: { shell: '>=1', nodejs: '*' } }, null],
  [{ required_worker_runtimes: { shell: '>=1, <999' } }, null],
  [{ required_worker_runtimes: { shell: '>=999' } }, 'runtime shell >=999'],
  [{ required_worker_runtimes: { shell: '>=1, <1.1' } }, 'runtime shell >=1, <1.1'],
  [{ required_worker_runtimes: { nodejs: '*', cobol: '*' } }, 'runtime cobol *'],
  [{ required_worker_runtimes: { cobol: '1', shell: '999' } }, 'runtime cobol 1, runtime shell 999'],
  [{ runtime_version_constraint: '>=1' }, null],
  [{ runtime_version_constraint: '>=1, <1.1' }, 'runtime shell >=1, <1.1'],
];

/** By requirement, how an execution of such an action ends. */
async function endsByVersions(ctx: Context, platform: RestartablePlatform) {
  const { client } = platform;
  const ends = VERSIONS.map(async ([required]) => {
    const { id } = await client.executions.execute({ action_ref: await createPlaced(ctx, platform, required) });
    const { status, result } = await until(executionToEnd(client, id), ctx.deadline);
    return [required, status, (result as { message?: string }).message];
  });
  return Promise.all(ends);
}

/** Placements that lead to neither of two workers, and what the error says that none has. */
const UNPLACEABLE: readonly ((one: string, two: string) => readonly [Placement, string])[] = [
  () => [{ worker_selector: { gpu: 'yes' } }, 'label gpu=yes'],
  () => [{ worker_selector: { gpu: 'yes', disk: 'ssd' } }, 'label gpu=yes, label disk=ssd'],
  (one) => [{ worker_selector: { worker: one, gpu: 'yes' } }, 'label gpu=yes'],
  () => [{ worker_affinity: { required: [named('elsewhere')] } }, 'the labels of worker_affinity'],
  (one, two) => [{ worker_affinity: { anti_affinity: [named(one, two)] } }, 'the labels of worker_affinity'],
  (one, two) => [
    { worker_selector: { worker: one }, worker_affinity: { required: [named(two)] } },
    `label worker=${one}, the labels of worker_affinity`,
  ],
  (one, two) => [
    { worker_selector: { worker: two, gpu: 'yes' }, worker_affinity: { required: [named(one)] } },
    'label gpu=yes',
  ],
];

/** By placement, the message of an execution that no worker can run. */
async function messagesOf(ctx: Context, { client }: RestartablePlatform, placements: readonly Placement[]) {
  const found: unknown[] = [];
  for (const placement of placements) {
    const { id } = await client.executions.execute({ action_ref: 'core.noop', ...placement });
    const { status, result } = await until(executionToEnd(client, id), ctx.deadline);
    found.push([placement, status, (result as { message?: string }).message]);
  }
  return found;
}

const messageOf = (missing: string): string => `No compatible worker: none of 2 has ${missing}`;

claim('T3.39a', NEEDS, 'an execution runs on the worker that it names or prefers', async (ctx) => {
  const platform = await RestartablePlatform.start(ctx, { PLATFORM_WORKERS: '2' });
  const names = (await platform.client.workers.list()).map(({ name }) => name);
  const [first, second] = names as [string, string];
  const pairs = [
    [first, second],
    [second, first],
  ] as const;

  const found: Record<string, string[]> = {};
  for (const [placement, place] of Object.entries(PLACEMENTS)) {
    found[placement] = [];
    for (const [target, other] of pairs) found[placement].push(await placedOn(ctx, platform, place(target, other)));
  }

  const ofActions = await placedByAction(ctx, platform, pairs[0]);
  const beside = [
    ...(await placedBesideWork(ctx, platform, pairs[0])),
    ...(await placedBesideWork(ctx, platform, pairs[1])),
  ];

  expect(names).toHaveLength(2);
  const rows = [...ofActions, ...beside];
  expect(rows.map(([name, worker]) => [name, worker])).toEqual(rows.map(([name, , expected]) => [name, expected]));
  expect(found).toEqual(Object.fromEntries(Object.keys(PLACEMENTS).map((name) => [name, names])));
  const unplaceable = UNPLACEABLE.map((place) => place(first, second));
  expect(
    await messagesOf(
      ctx,
      platform,
      unplaceable.map(([placement]) => placement),
    ),
  ).toEqual(unplaceable.map(([placement, missing]) => [placement, 'failed', messageOf(missing)]));
  expect(await endsByVersions(ctx, platform)).toEqual(
    VERSIONS.map(([required, missing]) =>
      missing === null ? [required, 'completed', undefined] : [required, 'failed', messageOf(missing)],
    ),
  );
});

type Tolerations = NonNullable<Execute['worker_tolerations']>;

/** Tolerations, and the status at the end: only some match the taint of the one worker. */
const TOLERATIONS: readonly (readonly [Tolerations, 'completed' | 'failed'])[] = [
  [[], 'failed'],
  [[{ key: 'team', operator: 'exists' }], 'completed'],
  [[{ key: 'team', value: 'a' }], 'completed'],
  [[{ key: 'team', operator: 'equal', value: 'b' }], 'failed'],
  [[{ key: 'team' }], 'failed'],
  [[{ key: 'other', operator: 'exists' }], 'failed'],
  [[{ key: 'team', operator: 'exists', effect: 'no_schedule' }], 'completed'],
  [[{ key: 'team', operator: 'exists', effect: 'prefer_no_schedule' }], 'failed'],
  [[{ key: 'other' }, { key: 'team', value: 'a' }], 'completed'],
];

/** Tolerations, and whether the worker counts as one without the taint. */
const PREFERRED: readonly (readonly [Tolerations, boolean])[] = [
  [[], false],
  [[{ key: 'slow', operator: 'exists' }], true],
  [[{ key: 'slow', value: 'a' }], true],
  [[{ key: 'slow', value: 'b' }], false],
  [[{ key: 'other', operator: 'exists' }], false],
  [[{ key: 'slow', operator: 'exists', effect: 'prefer_no_schedule' }], true],
  [[{ key: 'slow', operator: 'exists', effect: 'no_schedule' }], false],
];

claim('T3.39b', STANDALONE, 'an execution runs on a tainted worker that it tolerates', async (ctx) => {
  const settings = { PLATFORM_WORKERS: '1', PLATFORM_WORKER_TAINTS: 'team=a:no_schedule,slow=a:prefer_no_schedule' };
  const platform = await RestartablePlatform.start(ctx, settings);
  const { client } = platform;

  const found: [Tolerations, string][] = [];
  for (const [worker_tolerations] of TOLERATIONS) {
    const { id } = await client.executions.execute({ action_ref: 'core.noop', worker_tolerations });
    found.push([worker_tolerations, (await until(executionToEnd(client, id), ctx.deadline)).status]);
  }

  expect(found).toEqual(TOLERATIONS);
  const tolerant = await createPlaced(ctx, platform, { worker_tolerations: [{ key: 'team', operator: 'exists' }] });
  const ofAction = [{}, { worker_tolerations: [] }].map(async (placement) => {
    const { id } = await client.executions.execute({ action_ref: tolerant, ...placement });
    return (await until(executionToEnd(client, id), ctx.deadline)).status;
  });
  expect(await Promise.all(ofAction)).toEqual(['completed', 'failed']);
  // Of two workers, both idle, the first one is taken unless the other one is preferred.
  const other = await startStandaloneWorker(ctx, { platform: { client, url: platform.url } });
  const both = [{ key: 'team', operator: 'exists' } as const, ...other.placement.worker_tolerations];
  const preferred: [Tolerations, boolean][] = [];
  for (const [tolerations] of PREFERRED) {
    const worker = await placedOn(ctx, platform, { worker_tolerations: [...both, ...tolerations] });
    preferred.push([tolerations, worker !== other.name]);
  }
  expect(preferred).toEqual(PREFERRED);
});
