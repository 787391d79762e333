// Spec: the output of a sensor is read whole, or its last lines, by users and by the sensor alone.
import { claim } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { createTestTenant } from '../../../helpers/scenario/resources/test-tenant';
import { callApi } from '../support/api-call';
import { plainTar } from '../support/raw-tar';
import { uploadRawPack } from '../support/upload-raw-pack';

const filesOf = (pack: string): Readonly<Record<string, string>> => ({
  'pack.yaml': `ref: ${pack}\nlabel: Sensors\nversion: 1.0.0\n`,
  'triggers/one.yaml': `ref: ${pack}.one\n`,
  ...Object.fromEntries(
    ['watch', 'other'].map((name) => [
      `sensors/${name}.yaml`,
      `ref: ${pack}.${name}\nrunner_type: shell\nentry_point: print.sh\ntrigger_types: [one]\n`,
    ]),
  ),
  'sensors/print.sh': `printf 'one\\ntwo\\n\\nthree\\n'\nprintf 'four\\nsum' >&2\nexec sleep 300\n`,
});

const OUTPUT = { stdout: 'one\ntwo\n\nthree\n', stderr: 'four\nsum' } as const;
const STREAMS = ['stdout', 'stderr'] as const;

/** What a request for the last lines of a stream returns. */
const TAILS: readonly (readonly [path: string, text: string])[] = [
  ['stdout', OUTPUT.stdout],
  ['stderr', OUTPUT.stderr],
  ['stdout?tail=0', ''],
  ['stdout?tail=1', 'three\n'],
  ['stdout?tail=3', 'two\n\nthree\n'],
  ['stdout?tail=4', OUTPUT.stdout],
  ['stdout?tail=100', OUTPUT.stdout],
  ['stderr?tail=1', 'sum'],
];

claim.concurrent(
  'T3.44a',
  ['sensors.custom', 'tenants'],
  'a sensor reads its own output, users of all',
  async (ctx) => {
    const { client, token } = await createTestTenant(ctx, 'own');
    const pack = ctx.name('p');
    await uploadRawPack({ ...ctx.facts, token }, plainTar(filesOf(pack)));
    const rule = { ref: `${pack}.rule`, pack_ref: pack, label: 'rule', trigger_ref: `${pack}.one` };
    await client.rules.create({ ...rule, action_ref: 'core.noop' });
    const refs = ['watch', 'other'].map((name) => `${pack}.${name}`);
    const read = async (reader: string, ref: string, path = '') =>
      callApi(reader, 'GET', `/sensors/${ref}/logs${path}`);
    const isWritten = async () => {
      const texts = refs.flatMap((ref) => STREAMS.map(async (name) => (await read(token, ref, `/${name}`)).text));
      return (await Promise.all(texts)).every((text, n) => text === OUTPUT[STREAMS[n % STREAMS.length]!]);
    };
    await until(predicateToHold('both sensors to print', isWritten), ctx.deadline);
    const { token: sensor } = await client.auth.sensorToken({ sensor_ref: refs[0]!, trigger_types: [`${pack}.one`] });

    const paths = ['', '/stdout', '/stderr'];
    const statusesOf = (reader: string) =>
      Promise.all(
        refs.map(async (ref) => Promise.all(paths.map(async (path) => (await read(reader, ref, path)).status))),
      );
    const texts = await Promise.all(
      TAILS.map(async ([path]) => [path, (await read(token, refs[0]!, `/${path}`)).text]),
    );

    const [every, none] = [paths.map(() => 200), paths.map(() => 403)];
    expect([await statusesOf(token), await statusesOf(sensor)]).toEqual([
      [every, every],
      [every, none],
    ]);
    expect(texts).toEqual(TAILS);
  },
);
