import { REDACTED, type JsonObject } from '../../../../contract/json';
import type { Context } from '../../../../helpers/scenario/claim';
import { onlyExecutionOf, runToEnd } from '../../../../helpers/scenario/resources/ended-executions';
import { ownedByPack, storeKey } from '../../../../helpers/scenario/resources/stored-keys';
import { childrenOf, faultOf } from './place-outcomes';
import { tasksWith } from './places';

/** The value of each key. */
const VALUE = 'ab';

/** Each place has a key of its own: one that another place reads would be loaded there, too. */
export const KEY_PLACES = [
  ...['publish', 'next_when', 'output_map', 'on_error', 'when', 'not_when', 'input', 'item', 'with_items'],
] as const;

type PlaceName = (typeof KEY_PLACES)[number];

const keyOf = (place: string): string => `keystore.key_${place}`;
const isValue = (place: PlaceName): string => `${keyOf(place)} == "${VALUE}"`;

/** Parameters of a workflow that takes a secret. */
const TAKEN = { secret: { type: 'string', secret: true } };

const LAST = [{ do: ['last'] }];

const tasksOfKeys = (ends: string, fails: string, takes: string) => [
  {
    name: 'first',
    action: ends,
    input: { no: 'key' },
    next: [
      {
        publish: [{ kept: `{{ ${keyOf('publish')} }}` }],
        do: ['input', 'item', 'with_items', 'when', 'not_when', 'on_error'],
      },
      { when: isValue('next_when'), do: ['next_when'] },
      { when: `not (${isValue('next_when')})`, do: ['not_next_when'] },
    ],
  },
  { name: 'input', action: takes, input: { secret: `{{ ${keyOf('input')} }}` } },
  { name: 'item', action: takes, with_items: '{{ [1] }}', input: { secret: `{{ ${keyOf('item')} }}` } },
  {
    name: 'with_items',
    action: ends,
    with_items: `{{ range(length(${keyOf('with_items')})) }}`,
    input: { n: '{{ index }}' },
  },
  { name: 'when', action: ends, input: { no: 'key' }, when: isValue('when') },
  { name: 'not_when', action: ends, input: { no: 'key' }, when: `{{ not (${isValue('not_when')}) }}` },
  ...['next_when', 'not_next_when'].map((name) => ({ name, action: ends, input: { no: 'key' } })),
  {
    name: 'on_error',
    action: fails,
    retry: { count: 1, delay: 0, on_error: `not (${isValue('on_error')})` },
    next: LAST,
  },
  { name: 'last', action: ends, input: { no: 'key' } },
];

async function storeKeys(ctx: Context, places: readonly string[]): Promise<void> {
  const pack = await ctx.ownPack();
  const keys = places.map((place) => ({ ref: `${pack}.key_${place}`, name: `key_${place}`, value: VALUE }));
  await Promise.all(keys.map((key) => storeKey(ctx, { ...key, ...ownedByPack(pack) })));
}

/** A key of another pack, by its name and by its ref. */
async function storeForeignKey(ctx: Context) {
  const pack = ctx.name('foreign');
  await ctx.client.packs.create({ ref: pack, label: 'foreign', version: '1.0.0' });
  ctx.defer(() => ctx.client.packs.remove(pack));
  const name = 'key_of_another';
  await storeKey(ctx, { ref: `${pack}.${name}`, name, value: VALUE, ...ownedByPack(pack) });
  return { named: `{{ keystore.${name} }}`, by_ref: `{{ keystore['${pack}'].${name} }}` };
}

const OUTPUT = { kept: '{{ workflow.kept }}', own: `{{ ${keyOf('output_map')} }}`, none: '{{ keystore.none }}' };

/** What became of a key in each place of a workflow, by its children. */
export async function outcomesOfKeys(ctx: Context) {
  await storeKeys(ctx, KEY_PLACES);
  const skipped = { name: 'T', action: 'core.noop', when: 'false' };
  const { ref: ends } = await ctx.workflow([skipped], { name: 'ends' });
  const failing = { name: 'T', action: 'core.noop', input: { x: '{{ none }}' } };
  const { ref: fails } = await ctx.workflow([failing], { name: 'fails' });
  const unless = { name: 'T', action: ends, when: `parameters.secret != "${VALUE}"` };
  const { ref: takes } = await ctx.workflow([unless], { name: 'takes', parameters: TAKEN });
  const output_map = { ...OUTPUT, ...(await storeForeignKey(ctx)) };
  const { ref } = await ctx.workflow(tasksOfKeys(ends, fails, takes), { output_map });

  const { id, result } = await runToEnd(ctx, ref);
  const children = await childrenOf(ctx, id);
  const taking = ['input', 'item'].flatMap((task) => children.get(task) ?? []);
  const wrong = await Promise.all(taking.map((child) => ctx.client.executions.children(child.id)));
  return {
    result,
    started: Object.fromEntries([...children].map(([task, { length }]) => [task, length])),
    configs: taking.map(({ config }) => config),
    wrong,
  };
}

export const EXPECTED_OUTCOMES_OF_KEYS = {
  result: { succeeded: true, kept: REDACTED, own: REDACTED },
  started: { first: 1, input: 1, item: 1, with_items: VALUE.length, when: 1, next_when: 1, on_error: 1, last: 1 },
  configs: [{ secret: REDACTED }, { secret: REDACTED }],
  wrong: [[], []],
};

/** What a rule reads of a key: the parameters, and what they started if it is wrong. */
export async function outcomeOfKeyInRule(ctx: Context) {
  await storeKeys(ctx, ['rule']);
  const { ref: ends } = await ctx.workflow([{ name: 'T', action: 'core.noop', when: 'false' }], { name: 'ends' });
  const unless = { name: 'T', action: ends, when: `parameters.secret != "${VALUE}"` };
  const { ref: action } = await ctx.workflow([unless], { name: 'takes', parameters: TAKEN });
  const { named } = await storeForeignKey(ctx);
  const actionParams = { secret: `{{ ${keyOf('rule')} }}`, none: '{{ keystore.none }}', named };
  const hook = await ctx.webhookRule({ action, actionParams });

  await hook.post({});
  const { id, config } = await onlyExecutionOf(ctx, hook);
  return { config, wrong: await ctx.client.executions.children(id) };
}

export const EXPECTED_OUTCOME_OF_KEY_IN_RULE = { config: { secret: REDACTED, none: null, named: null }, wrong: [] };

/** Parts of a child that are shown in clear. */
export const MISPLACED_KEYS = ['permission_set_refs', 'worker_selector', 'worker_tolerations', 'worker_affinity'];

/** Why a task with a key in a part that is shown in clear ended: a task for each part. */
export async function faultsOfMisplacedKeys(ctx: Context): Promise<JsonObject> {
  const places = MISPLACED_KEYS.map((place) => `at_${place}`);
  await storeKeys(ctx, places);
  const { ref: ends } = await ctx.workflow([{ name: 'T', action: 'core.noop', when: 'false' }], { name: 'ends' });
  const tasks = MISPLACED_KEYS.map((place) =>
    tasksWith(keyOf(`at_${place}`), ends).find(({ name }) => name === place)!,
  );
  const { ref } = await ctx.workflow(tasks);

  const { id } = await runToEnd(ctx, ref, {}, 'failed');
  return Object.fromEntries([...(await childrenOf(ctx, id))].map(([task, [child]]) => [task, faultOf(child!)]));
}

export const EXPECTED_FAULTS_OF_MISPLACED_KEYS: JsonObject = Object.fromEntries(
  MISPLACED_KEYS.map((place) => [
    place,
    ['SECRET_MISPLACED', `Secret value cannot be used in ${place}: give it to a parameter declared \`secret\``],
  ]),
);
