// Spec: a sensor runs while needed, where it may, and starts again with what has changed alone.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { until } from '../../../helpers/scenario/polling';
import { createTestTenant } from '../../../helpers/scenario/resources/test-tenant';
import { createRecordingSensor, linesToBe, type RecordingSensor } from '../support/recording-sensor';

const NEEDS = ['sensors.custom', 'tenants', 'ledger.shared'];

/** What is done, and what the sensor records because of it. */
type Step = readonly [act: () => Promise<unknown>, lines: readonly string[]];

/** Does each step once the sensor has recorded the lines of the one before, and nothing more. */
const expectSteps = async (ctx: Context, sensor: RecordingSensor, steps: readonly Step[]): Promise<void> => {
  const expected: string[] = [];
  for (const [act, lines] of steps) {
    await act();
    expected.push(...lines);
    await until(linesToBe(expected, sensor), ctx.deadline);
  }
  expect(sensor.lines()).toEqual(expected);
};

/** Creates a rule of another tenant on a trigger of the same ref as one of the sensor's. */
const createForeignRule = async (ctx: Context, { pack }: RecordingSensor): Promise<void> => {
  const { packs, triggers, rules } = (await createTestTenant(ctx, 'other')).client;
  const [ref, trigger_ref] = [`${pack}.foreign`, `${pack}.two`];
  await packs.create({ ref: pack, label: 'other', version: '1.0.0' });
  await triggers.create({ ref: trigger_ref, pack_ref: pack, label: 'two' });
  const rule = { ref, pack_ref: pack, label: 'foreign', trigger_ref, trigger_params: { n: 9 } };
  await rules.create({ ...rule, action_ref: 'core.noop' });
};

claim.concurrent('T3.42a', NEEDS, 'a sensor runs while it, a trigger and its rule are enabled', async (ctx) => {
  const sensor = await createRecordingSensor(ctx);
  const { pack, ref, slug, createRule } = sensor;
  const { rules, triggers, sensors, packs } = sensor.client;
  const freeze = (frozen: boolean) => ctx.client.tenants.update(slug, { frozen });

  await expectSteps(ctx, sensor, [
    [() => createForeignRule(ctx, sensor), []],
    [() => createRule('two', 1), ['start two:1']],
    [() => createRule('one', 5), ['stop', 'start two:1 one:5']],
    [() => rules.disable(`${pack}.one`), ['stop', 'start two:1']],
    [() => triggers.disable(`${pack}.two`), ['stop']],
    [() => triggers.enable(`${pack}.two`), ['start two:1']],
    [() => sensors.disable(ref), ['stop']],
    [() => sensors.enable(ref), ['start two:1']],
    [() => rules.remove(`${pack}.two`), ['stop']],
    [() => rules.enable(`${pack}.one`), ['start one:5']],
    [() => freeze(true), ['stop']],
    [() => freeze(false), ['start one:5']],
    [() => packs.remove(pack), ['stop']],
  ]);
});

const to = (value: unknown) => ({ op: 'set', value });

/**
 * Updates of each field of a sensor, and what it records then, with a rule `one:2`. `enabled` is
 * in T3.42a, the placement in T3.42c.
 */
const UPDATES: readonly (readonly [update: object, lines: readonly string[]])[] = [
  [{ label: 'changed' }, []],
  [{ description: 'changed' }, []],
  [{ param_schema: to({ n: { type: 'integer' } }) }, []],
  [{ artifact_retention_policy: to('days'), artifact_retention_limit: to(3) }, []],
  [{ log_retention_policy: to('days'), log_retention_limit: to(3) }, []],
  [{ entrypoint: 'other.sh' }, ['stop', 'other one:2']],
  [{ entrypoint: 'watch.sh' }, ['stop', 'start one:2']],
];

claim.concurrent('T3.42b', NEEDS, 'a sensor starts again with a changed rule, file or entry point', async (ctx) => {
  const sensor = await createRecordingSensor(ctx);
  const { pack, ref, createRule, upload } = sensor;
  const { rules, sensors, triggers } = sensor.client;
  const rule = `${pack}.one`;

  await expectSteps(ctx, sensor, [
    [() => createRule('one', 1), ['start one:1']],
    [() => rules.update(rule, { trigger_params: { n: 2 } }), ['stop', 'start one:2']],
    [() => rules.update(rule, { label: 'changed', conditions: { expression: 'false' } }), []],
    ...UPDATES.map(([update, lines]): Step => [() => sensors.update(ref, update), lines]),
    [() => triggers.update(`${pack}.one`, { label: 'changed' }), []],
    [() => rules.update(rule, { trigger_ref: `${pack}.two` }), []],
    [() => upload('again'), ['stop', 'again one:2']],
  ]);
});

const ABSENT = 'label-that-no-worker-has';
const required = (operator: string) => [{ match_expressions: [{ key: ABSENT, operator }] }];

claim.concurrent('T3.42c', NEEDS, 'a sensor runs on workers that its placement allows', async (ctx) => {
  const sensor = await createRecordingSensor(ctx);
  const place = (placement: object) => () => sensor.client.sensors.update(sensor.ref, placement);

  await expectSteps(ctx, sensor, [
    [() => sensor.createRule('one', 1), ['start one:1']],
    [place({ worker_selector: { [ABSENT]: 'yes' } }), ['stop']],
    [place({ worker_selector: {} }), ['start one:1']],
    [place({ worker_affinity: { required: required('exists') } }), ['stop']],
    [place({ worker_affinity: { required: required('does_not_exist') } }), ['start one:1']],
    [place({ worker_affinity: { anti_affinity: required('does_not_exist') } }), ['stop']],
    [place({ worker_affinity: { anti_affinity: required('exists') } }), ['start one:1']],
  ]);
});
