import { unknownVariables } from '../../../contract/text/unknown-variables';
import { READ_VARIABLES } from '../../../contract/text/variable-names';
import { namesIn } from '../../../cli/generators/variable-names';
import { settingsFrom } from '../../../platform/base/settings/settings';

test.each([
  ['PLATFORM_WORKER_SLOT', "PLATFORM_WORKER_SLOTS'"],
  ['PLATFORM_LEASE_SECOND', "PLATFORM_LEASE_SECONDS'"],
  ['PLATFORM_EGRES_ALLOW', "PLATFORM_EGRESS_ALLOW'"],
  ['PLATFORM_RETENTION', "PLATFORM_RETENTION_COUNT'"],
  ['E2E_TARGETNAME', "E2E_TARGET_NAME'"],
])('%s is unknown, and the nearest name is given', (name, nearest) => {
  expect(unknownVariables({ [name]: 'secret' }, ['PLATFORM_', 'E2E_'])).toEqual([
    `VARIABLE_UNKNOWN: ${name} is no variable that is read. Did you mean '${nearest}?`,
  ]);
});

test('variables of programs, of the suite and of others are known', () => {
  const env = { PLATFORM_ATTEMPT: '1', PLATFORM_INSTANCE: 'i', PLATFORM_FILE: '', E2E_TARGET: '{}', PLATFORMX: '1' };
  expect(unknownVariables(env, ['PLATFORM_', 'E2E_'])).toEqual([]);
});

test('Kubernetes may have a service of that name', () => {
  const service = { PLATFORM_SERVICE_HOST: '10.0.0.1', PLATFORM_PORT: 'tcp://10.0.0.1:80', PLATFORM_PORT_80_TCP: '' };
  expect(unknownVariables({ KUBERNETES_SERVICE_HOST: '10.0.0.2', ...service }, ['PLATFORM_'])).toEqual([]);
  expect(unknownVariables(service, ['PLATFORM_'])).toHaveLength(3);
});

test('every variable that settings read is in the list', () => {
  const read = new Set<string>();
  const recorder = new Proxy(
    {},
    {
      get: (_, name) => void read.add(String(name)),
    },
  );
  settingsFrom(recorder);

  const own = [...read].filter((name) => name.startsWith('PLATFORM_'));
  expect(own.length).toBeGreaterThan(40);
  expect(own.filter((name) => !READ_VARIABLES.includes(name))).toEqual([]);
});

test('reads and sets are found in a source, codes of errors are not', () => {
  const source = [
    "const a = env.PLATFORM_A || readNumber(env, 'PLATFORM_B', 1);",
    "const C_VARIABLE = 'PLATFORM_C';",
    'const f = ({ PLATFORM_D: d }: Env) => ({ PLATFORM_E: String(d) });',
    "fail(`PLATFORM_LOST: it ended`); fail('PLATFORM_GONE', 1);",
  ].join('\n');
  expect(namesIn([source])).toEqual({
    read: ['PLATFORM_A', 'PLATFORM_B', 'PLATFORM_D'],
    set: ['PLATFORM_C', 'PLATFORM_E'],
  });
});
