import { existsSync, readFileSync } from 'node:fs';
import type { Client } from '../../../helpers/client/client';
import type { Context } from '../../../helpers/scenario/context';
import type { Condition } from '../../../helpers/scenario/polling';
import { createTestTenant, type TestTenant } from '../../../helpers/scenario/resources/test-tenant';
import { plainTar } from './raw-tar';
import { uploadRawPack } from './upload-raw-pack';

type Side = 'one' | 'two';

/**
 * A sensor with the triggers `one` and `two`, which records its starts and stops. Its file is
 * `watch.sh`; with `other.sh` it records its starts as `other`.
 */
export interface RecordingSensor extends Pick<TestTenant, 'slug'> {
  readonly client: Client;
  readonly pack: string;
  readonly ref: string;
  /** Uploads its pack again. `word`: what it records of its starts from then on. */
  upload(word: string): Promise<void>;
  /** Creates an enabled rule on one of its triggers, with the parameter `n`. Returns its ref. */
  createRule(side: Side, n: number): Promise<string>;
  /**
   * `stop`, or `start two:1 one:5` for a start with these rules and the parameter of each.
   */
  lines(): string[];
}

const filesOf = (pack: string, file: string, word: string): Readonly<Record<string, string>> => ({
  'pack.yaml': `ref: ${pack}\nlabel: Sensors\nversion: 1.0.0\n`,
  'triggers/one.yaml': `ref: ${pack}.one\nparameters: {n: {type: integer}}\n`,
  'triggers/two.yaml': `ref: ${pack}.two\nparameters: {n: {type: integer}}\n`,
  'sensors/watch.yaml': `ref: ${pack}.watch\nrunner_type: shell\nentry_point: watch.sh\ntrigger_types: [one, two]\n`,
  'sensors/watch.sh': program(file, word),
  'sensors/other.sh': program(file, 'other'),
});

const program = (file: string, word: string): string =>
  `trap 'echo stop >>"${file}"; exit 0' TERM\n` +
  `echo "${word} $ATTUNE_SENSOR_TRIGGERS" >>"${file}"\nwhile :; do sleep 0.1; done\n`;

type StartRule = { readonly ref: string; readonly config: { readonly n: number } };

const shown = (line: string): string =>
  line.replace(/\[.*$/, (rules) =>
    (JSON.parse(rules) as StartRule[]).map(({ ref, config }) => `${ref.split('.')[1]}:${config.n}`).join(' '),
  );

/** Uploads the sensor to a tenant of its own, in which no rule needs it. */
export async function createRecordingSensor(ctx: Context): Promise<RecordingSensor> {
  const { client, slug, token } = await createTestTenant(ctx, 'sensors');
  const pack = ctx.name('sensors');
  const file = `${ctx.ledger.path}.sensor`;
  const upload = async (word: string) => {
    const { status } = await uploadRawPack({ ...ctx.facts, token }, plainTar(filesOf(pack, file, word)), true);
    expect(status).toBe(201);
  };
  await upload('start');
  const createRule = async (side: Side, n: number) => {
    const rule = { ref: `${pack}.${side}`, pack_ref: pack, label: side, trigger_ref: `${pack}.${side}` };
    return (await client.rules.create({ ...rule, trigger_params: { n }, action_ref: 'core.noop' })).ref;
  };
  const lines = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1).map(shown) : []);
  return { client, slug, pack, ref: `${pack}.watch`, upload, createRule, lines };
}

/** The sensor has recorded these lines. Impossible once they differ. */
export const linesToBe = (goal: readonly string[], { ref, lines }: RecordingSensor): Condition<true> => ({
  name: `${ref} to record ${goal.join(', ')}`,
  check: () => {
    const found = lines();
    const why = `it has recorded ${found.join(', ')}`;
    if (found.some((line, n) => line !== goal[n])) return Promise.resolve({ is: 'impossible', why });
    return Promise.resolve(found.length === goal.length ? { is: 'met', value: true } : { is: 'pending', why });
  },
});
