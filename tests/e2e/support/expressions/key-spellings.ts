import type { Json, JsonObject } from '../../../../contract/json';
import type { Context } from '../../../../helpers/scenario/claim';
import { executionsToBe } from '../../../../helpers/scenario/conditions/event-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { runToEnd } from '../../../../helpers/scenario/resources/ended-executions';
import { ownedByPack, storeKey } from '../../../../helpers/scenario/resources/stored-keys';
import { noopTask } from '../../../../helpers/scenario/resources/workflow-task';
import { childrenOf } from './place-outcomes';

/** A key, and how a workflow and a rule read it. */
interface Spelling {
  /** Below the ref of its pack. */
  readonly ref: string;
  readonly name: string;
  readonly workflow: string;
  readonly rule: string;
}

/** Keys of this pack, by each way to name one: those below one segment are read side by side. */
const spellingsIn = (pack: string): Readonly<Record<string, Spelling>> => ({
  name: { ref: 'plain', name: 'plain', workflow: 'keystore.plain', rule: 'keystore.plain' },
  'name with a hyphen': {
    ref: 'with-hyphen',
    name: 'with-hyphen',
    workflow: 'keystore["with-hyphen"]',
    rule: 'keystore.with-hyphen',
  },
  'name by an index': { ref: 'indexed', name: 'indexed', workflow: 'keystore["indexed"]', rule: 'keystore["indexed"]' },
  ...Object.fromEntries(
    ['short', 'other', 'group.first', 'group.second', 'group.deep.third', 'group.deep.fourth'].map((ref) => [
      `ref ${ref}`,
      {
        ref,
        name: `of_${ref.replaceAll('.', '_')}`,
        workflow: `keystore["${pack}"].${ref}`,
        rule: `keystore.${pack}.${ref}`,
      },
    ]),
  ),
});

const valueOf = ({ ref }: Spelling): string => `value of ${ref}`;

async function storeSpelled(ctx: Context) {
  const pack = await ctx.ownPack();
  const spellings = Object.entries(spellingsIn(pack));
  const keys = spellings.map(([, each]) => ({ ref: `${pack}.${each.ref}`, name: each.name, value: valueOf(each) }));
  await Promise.all(keys.map((key) => storeKey(ctx, { ...key, ...ownedByPack(pack) })));
  return spellings;
}

/** The spellings by which a condition of a workflow has read the value of the key. */
async function readByWorkflow(ctx: Context, spellings: readonly (readonly [string, Spelling])[]) {
  const tasks = spellings.map(([name, each]) =>
    noopTask(name, { when: `${each.workflow} == "${valueOf(each)}"`, input: { no: 'key' } }),
  );
  const { id } = await runToEnd(ctx, (await ctx.workflow(tasks, { name: 'reads' })).ref);
  return [...(await childrenOf(ctx, id))].map(([task, [child]]) => [task, child!.status]);
}

/** Where the parameters of a rule have a key, and how a workflow reads it there. */
const PLACES: Readonly<Record<string, readonly [place: (key: string) => Json, read: string]>> = {
  itself: [(key) => key, 'parameters.secret'],
  text: [(key) => `<${key}>`, 'slice(parameters.secret, 1, length(parameters.secret) - 1)'],
  list: [(key) => ['a', key], 'parameters.secret[1]'],
  map: [(key) => ({ of: key }), 'parameters.secret.of'],
  'list of maps': [(key) => [{ of: [key] }], 'parameters.secret[0].of[0]'],
};

/** Whether a rule whose parameters name one key alone has read it, by the place of the key. */
async function readByRule(ctx: Context, spelling: Spelling, [place, read]: (typeof PLACES)[string], n: string) {
  const task = noopTask('T', { when: `${read} == "${valueOf(spelling)}"`, input: { no: 'key' } });
  const parameters: JsonObject = { secret: { secret: true } };
  const { ref: action } = await ctx.workflow([task], { name: `takes-${n}`, parameters });
  const hook = await ctx.webhookRule({ action, actionParams: { secret: place(`{{ ${spelling.rule} }}`) } });
  await hook.post({});
  const roots = { rule_ref: hook.rule.ref, top_level_only: true };
  const [root] = await until(executionsToBe('completed', 1, ctx.client, roots), ctx.deadline);
  return (await ctx.client.executions.children(root!.id)).length === 1;
}

const SPELLED_IN_RULES: readonly string[] = ['name', 'name with a hyphen', 'name by an index', 'ref group.first'];

/** What has been read, by spelling and place; and what must be. */
export async function readSpellings(ctx: Context): Promise<{ readonly found: Json; readonly expected: Json }> {
  const spellings = await storeSpelled(ctx);
  const inRules = spellings.filter(([name]) => SPELLED_IN_RULES.includes(name));
  const cells = inRules.flatMap(([name, each], row) =>
    Object.entries(PLACES).map(([place, value], n) => ({ cell: `${name}, ${place}`, each, value, id: `${row}-${n}` })),
  );
  const rules = cells.map(async ({ cell, each, value, id }) => [cell, await readByRule(ctx, each, value, id)]);
  const [workflow, ...ofRules] = await Promise.all([readByWorkflow(ctx, spellings), ...rules]);
  return {
    found: { workflow: workflow as Json, rules: ofRules as Json },
    expected: {
      workflow: spellings.map(([name]) => [name, 'completed']),
      rules: cells.map(({ cell }) => [cell, true]),
    },
  };
}
