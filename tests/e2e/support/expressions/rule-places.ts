import type { Json, JsonObject } from '../../../../contract/json';
import { createClient } from '../../../../helpers/client/client';
import type { Context } from '../../../../helpers/scenario/claim';
import { eventDecisionsToBe, executionsToBe } from '../../../../helpers/scenario/conditions/event-conditions';
import { ApiError } from '../../../../helpers/errors';
import { until } from '../../../../helpers/scenario/polling';
import { isEqual } from './evaluator/values';
import { HARD_OPERANDS } from './hard-operands';
import { cellsOver, numbered, templatesOf, valuesOf } from './rule-cells';

const CELLS = cellsOver('event.payload');
const CELL_LIST = `[${CELLS.map(({ expression }) => expression).join(',')}]`;

/** The texts of a rule's parameters, beside the cells, and their values. */
const PATHS: Readonly<Record<string, Json>> = {
  '{{ event.payload.p }}': 'P',
  '{{event.payload.p}}': 'P',
  '{{ event["payload"].p }}': 'P',
  '{{ trigger.payload.p }}': 'P',
  '{{ pack.config.region }}': 'north',
  '{{ event.payload.l12.1 }}': 2,
  '{{ event.payload.l12[1] }}': 2,
  '{{ event.payload.x-y }}': 5,
  '{{ event.payload.x-y.z }}': null,
  '{{ event.payload.none }}': null,
  '{{ event.payload.none.deep }}': null,
  '{{ event.payload["none"] }}': null,
  '{{ event.payload.l12[9] }}': null,
  '{{ event.payload[event.payload.none] }}': null,
  '{{ event.payload.none | default(1) }}': 1,
  '{{ event.payload.nul | default(1) }}': 1,
  '{{ event.payload.e | default(1) }}': '',
  '<{{ event.payload.none }}>': '<>',
  '<{{ event.payload.nul }}>': '<>',
  ' {{ event.payload.n1 }}': ' 1',
  '{{ event.payload.n1 }} ': '1 ',
  '{{ event.payload.n1 }}{{ event.payload.l1 }}': '1[1]',
  '{{ event.payload.t }} and {{ event.payload.pow }}': 'true and 9007199254740993',
  '{% raw %}{{ event.payload.n1 }}{% endraw %}': '{{ event.payload.n1 }}',
  '{% raw %}{{ a }}{% endraw %}{{ event.payload.n1 }}{% raw %}{{ b }}{% endraw %}': '{{ a }}1{{ b }}',
  '{{ event.payload.n1': '{{ event.payload.n1',
  'event.payload.n1 }}': 'event.payload.n1 }}',
  '{{ event.trigger == event.trigger_ref }}': true,
  '{{ type_of(event.id) }}': 'number',
  '{{ type_of(event.created) }}': 'string',
  '{{ type_of(event.headers) }}': 'object',
  '{{ type_of(system.timestamp) }}': 'string',
  '{{ type_of(system.rule.id) }}': 'number',
  '{{ true }}': true,
  '{{ null }}': null,
};

/** Criteria that match where an event has no header, as one that no webhook has. */
const WITHOUT_HEADERS = 'keys(event.headers) == []';

/** Criteria, and whether they match: null for those that cannot be evaluated. */
const CRITERIA: Readonly<Record<string, boolean | null>> = {
  [`${CELL_LIST} == event.payload.values`]: true,
  [`{{ ${CELL_LIST} != event.payload.values }}`]: false,
  '[type_of(event.id), type_of(event.created), type_of(event.headers)] == ["number", "string", "object"]': true,
  'event.trigger == event.trigger_ref and event["payload"].p == "P"': true,
  'event.payload.none | default("x") == "x"': true,
  [WITHOUT_HEADERS]: true,
  'event.payload.none == null': null,
  'event.payload.p + 1': null,
  'event.payload.l12[5]': null,
};

/** Parameters with which a rule is broken, and what the message says. */
const BROKEN: Readonly<Record<string, string>> = {
  '{{ event.payload.none + 1 }}': 'column 15: Variable not found: event.payload.none',
  'a {{ event.payload.none | upper }}': 'column 15: Variable not found: event.payload.none',
  '{{ length(event.payload.none) }}': 'column 22: Variable not found: event.payload.none',
  '{{ event.payload.p * 2 }}': 'column 17: `*`',
  '{{ [event.payload.none] }}': 'column 16: Variable not found: event.payload.none',
};

/** The rules of the trigger. */
const COUNT = 1 + Object.keys(CRITERIA).length + Object.keys(BROKEN).length;

/** Values that differ from run to run. */
const OWN = {
  rule: '{{ system.rule.ref }}',
  id: '{{ system.rule.id }}',
  event: '{{ event.id }}',
  trigger: '{{ event.trigger_ref }}',
};

/** The texts of all places of a rule. */
export const RULE_TEXTS: readonly string[] = [...Object.keys(PATHS), ...Object.keys(CRITERIA), ...Object.values(OWN)];

const PARAMETERS: JsonObject = {
  own: OWN,
  cells: templatesOf(CELLS),
  paths: numbered(Object.keys(PATHS)),
};

/** Whether a rule matches an event of a sensor whose configuration has headers. */
async function matchesOfSensor(ctx: Context, { rule, trigger_ref }: Record<'rule' | 'trigger_ref', string>) {
  const { client, deadline, facts } = ctx;
  const pack_ref = await ctx.ownPack();
  const ref = `${pack_ref}.${ctx.name('sensor')}`;
  const program = { enabled: false, entrypoint: 'none.sh', runtime_ref: 'core.shell' };
  await client.sensors.create({ ref, pack_ref, label: 'sensor', trigger_ref, ...program });
  const { token } = await client.auth.sensorToken({ sensor_ref: ref, trigger_types: [trigger_ref] });
  const sensor = createClient({ baseUrl: facts.url, token });
  const { id } = await sensor.events.create({ trigger_ref, payload: {}, config: { headers: { name: 'value' } } });
  await until(eventDecisionsToBe(COUNT, client, id), deadline);
  return (await client.events.decisions(id)).find(({ rule_ref }) => rule_ref === rule)?.matched;
}

/** What became of an expression in each place of a rule. */
export async function outcomesOfRules(ctx: Context) {
  const pack = await ctx.ownPack();
  await ctx.client.packs.update(pack, { config: { region: 'north' } });
  const skipped = { name: 'T', action: 'core.noop', when: 'false' };
  const { ref: action } = await ctx.workflow([skipped], { name: 'ends' });
  const hook = await ctx.webhookRule({ action, actionParams: PARAMETERS });
  const addRule = (parts: object) => ctx.addRule(hook, { action, ...parts });
  const matching = await Promise.all(
    Object.keys(CRITERIA).map((expression) => addRule({ conditions: { expression } })),
  );
  const broken = await Promise.all(Object.keys(BROKEN).map((text) => addRule({ actionParams: { text } })));

  const { event_id } = await hook.post({ ...HARD_OPERANDS, values: valuesOf(CELLS), p: 'P', 'x-y': 5 });
  const [execution] = await until(
    executionsToBe('completed', 1, ctx.client, { rule_ref: hook.rule.ref }),
    ctx.deadline,
  );
  await until(eventDecisionsToBe(COUNT, ctx.client, event_id), ctx.deadline);
  const decisions = new Map((await ctx.client.events.decisions(event_id)).map((each) => [each.rule_ref, each]));
  const { own, ...parameters } = (await ctx.client.executions.get(execution!.id)).config as JsonObject;
  return {
    parameters,
    hasOwnValues: isEqual(own!, {
      rule: hook.rule.ref,
      id: hook.rule.id,
      event: event_id,
      trigger: hook.trigger.ref,
    }),
    criteria: matching.map(({ ref }) => [decisions.get(ref)?.matched, decisions.get(ref)?.code]),
    broken: broken.map(({ ref }) => [decisions.get(ref)?.code, decisions.get(ref)?.message]),
    isWithoutHeaders: await matchesOfSensor(ctx, {
      rule: matching[Object.keys(CRITERIA).indexOf(WITHOUT_HEADERS)]!.ref,
      trigger_ref: hook.trigger.ref,
    }),
  };
}

/** The same by the evaluator. */
export const expectedOutcomesOfRules = () => ({
  parameters: { cells: numbered(valuesOf(CELLS)), paths: numbered(Object.values(PATHS)) },
  hasOwnValues: true,
  criteria: Object.values(CRITERIA).map((matches) => [matches === true, matches === null ? 'CRITERIA_ERROR' : null]),
  broken: Object.entries(BROKEN).map(([text, message]) => [
    'RULE_BROKEN',
    expect.stringContaining(`${/\{\{.*\}\}/.exec(text)![0]}: ${message}`) as string,
  ]),
  isWithoutHeaders: true,
});

const criteriaRule = (expression: string) => ({ conditions: { expression } });
const parameterRule = (text: string) => ({ action_params: { text: `a ${text}` } });

/** Names that no rule has; the first part is that which the message names. */
const NO_RULE_NAMES: readonly string[] = [
  ...['parameters.p', 'workflow.v', 'vars.v', 'variables.v', 'task.a', 'tasks.a', 'config.region', 'item', 'index'],
  ...['queue_item', 'items', 'env.HOME', 'payload.p', 'p', 'rule.ref', 'none'],
];
/** The last one has a field of events. */
const ONLY_IN_PARAMETERS: readonly string[] = [
  'trigger.payload.p',
  'pack.config.region',
  'keystore.k',
  'system.timestamp',
  'system.payload',
];
const NO_MEMBERS: readonly string[] = ['event.p', 'event.config', 'event.source'];
const CALLS: readonly string[] = [
  'result()',
  'succeeded()',
  'failed()',
  'timed_out()',
  'no(1)',
  '1 | no',
  'length()',
  '1 +',
];

/** Rules that are not saved. */
export const REJECTED_RULES: readonly object[] = [
  ...[...NO_RULE_NAMES, ...ONLY_IN_PARAMETERS, ...NO_MEMBERS, ...CALLS].map(criteriaRule),
  ...[...NO_RULE_NAMES, ...NO_MEMBERS, ...CALLS].map((expression) => parameterRule(`{{ ${expression} }}`)),
  ...NO_RULE_NAMES.map((name) => parameterRule(`{{ length(${name} | default("")) }}`)),
];

/** The responses to the attempts to save them: the status, or that a rule was saved. */
export async function responsesToRejected(ctx: Context): Promise<unknown[]> {
  const pack_ref = await ctx.ownPack();
  const trigger_ref = `${pack_ref}.hook`;
  await ctx.client.triggers.create({ ref: trigger_ref, pack_ref, label: 'hook' });
  ctx.defer(() => ctx.client.triggers.remove(trigger_ref));
  const save = (parts: object, n: number) =>
    ctx.client.rules
      .create({ ref: `${pack_ref}.rule-${n}`, pack_ref, label: 'rule', trigger_ref, action_ref: 'core.noop', ...parts })
      .then(
        () => 'saved',
        (error: unknown) => (error instanceof ApiError ? error.status : error),
      );
  return Promise.all(REJECTED_RULES.map(save));
}
