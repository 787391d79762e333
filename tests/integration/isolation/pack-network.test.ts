import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Client } from '../../../helpers/client/client';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { until, type Condition } from '../../../helpers/scenario/polling';
import type { RunningPlatform } from '../../../contract/platform-file';
import { sensorLogPath } from '../../../platform/base/directories';
import { DEFAULT_TENANT } from '../../../platform/store/database/connection';
import { readyPlatform, spawnCli, stopCli, waitForOutcome, type CliProcess } from '../embedded/cli-process';
import { withPrivateBase } from '../embedded/holder-process';
import { forbiddingPath } from './forbidding-host';
import { reachScript, withHostServers } from './host-servers';
import { livenessDeadline } from '../liveness';

const CONFINED = { PLATFORM_ISOLATION: 'required', PLATFORM_ACTION_UIDS: '1920000000' };

const base = withPrivateBase();
const ports = withHostServers();

let cli: CliProcess;
let running: RunningPlatform;
let client: Client;
let script: string;
beforeAll(async () => {
  cli = spawnCli(['up', '--port', '0', '--json'], { ...CONFINED, PLATFORM_ACTION_NETWORK: 'api-only' });
  ({ platform: running, client } = await readyPlatform(cli));
  const socket = join(decodeURIComponent(new URL(running.database_url).hostname), '.s.PGSQL.5432');
  const other = `http://127.0.0.1:${ports().other}/`;
  script = reachScript(['$ATTUNE_API_URL/health', `${running.notifier_url}/health`, other, socket]);
  for (const [pack, { line }] of Object.entries(PACKS)) await uploadPack(pack, line);
});
afterAll(() => stopCli(cli));

const API_ALONE = 'OK, OK, ECONNREFUSED, ENOENT\n';
const NOTHING = 'ENETUNREACH, ENETUNREACH, ENETUNREACH, ENOENT\n';
/** By pack: a line of its manifest, and what its programs reach on a platform with `api-only`. */
const PACKS: Readonly<Record<string, { readonly line: string; readonly reached: string }>> = {
  silent: { line: '', reached: API_ALONE },
  wider: { line: 'network: full', reached: API_ALONE },
  same: { line: 'network: api-only', reached: API_ALONE },
  narrower: { line: 'network: none', reached: NOTHING },
};

/** A pack with an action and a sensor that print what they reach. */
async function uploadPack(ref: string, line: string, force = false): Promise<void> {
  const files = {
    'pack.yaml': `ref: ${ref}\nversion: 1.0.0\n${line}\n`,
    'actions/look.yaml': `ref: ${ref}.look\nlabel: look\nrunner_type: shell\nentry_point: look.sh\n`,
    'actions/look.sh': script,
    'triggers/seen.yaml': `ref: ${ref}.seen\nlabel: seen\n`,
    'sensors/look.yaml':
      `ref: ${ref}.watch\nlabel: watch\nrunner_type: shell\n` + `entry_point: look.sh\ntrigger_types: [seen]\n`,
    'sensors/look.sh': `${script.replace(/^exec /, '')}\nexec sleep 300`,
  };
  const directory = join(base.path, ref);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), `${text}\n`, { mode: 0o755 });
  }
  await client.packs.upload(directory, { force });
}

test.each(Object.entries(PACKS))('RT-05 an action of the pack %s reaches what it may', async (ref, { reached }) => {
  const { id } = await client.executions.execute({ action_ref: `${ref}.look` });

  const { result } = await until(executionToBe('completed', client, id), livenessDeadline());

  expect(result).toMatchObject({ stdout: reached });
});

test.each(['wider', 'narrower'])('RT-05 a sensor of the pack %s reaches what it may', async (ref) => {
  const refs = { trigger_ref: `${ref}.seen`, action_ref: 'core.noop' };
  await client.rules.create({ ref: `${ref}.rule`, pack_ref: ref, label: ref, ...refs });
  const log = sensorLogPath(running, { tenant: DEFAULT_TENANT, ref: `${ref}.watch` }, 'stdout');

  expect(await until(outputIn(log), livenessDeadline())).toBe(PACKS[ref]!.reached);
});

const outputIn = (path: string): Condition<string> => ({
  name: `a line in ${path}`,
  check: () => Promise.resolve(readIn(path)).then((value) => (value.endsWith('\n') ? { is: 'met', value } : PENDING)),
  evidence: () => Promise.resolve(readIn(path)),
});
const PENDING = { is: 'pending', why: 'no line yet' } as const;

function readIn(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

test('a pack that is uploaded again gets the network of its new manifest', async () => {
  const look = async () => {
    const { id } = await client.executions.execute({ action_ref: 'changing.look' });
    return (await until(executionToBe('completed', client, id), livenessDeadline())).result;
  };

  await uploadPack('changing', 'network: none');
  expect(await look()).toMatchObject({ stdout: NOTHING });
  await uploadPack('changing', '', true);
  expect(await look()).toMatchObject({ stdout: API_ALONE });
});

test('a narrower network of the platform needs a host that confines programs', async () => {
  const unable = join(base.path, 'unable');
  mkdirSync(unable);
  const start = (env: NodeJS.ProcessEnv) =>
    waitForOutcome(spawnCli(['up', '--port', '0', '--json'], { PLATFORM_ACTION_NETWORK: 'none', ...env }));

  const outcomes = await Promise.all([
    start({ PLATFORM_ISOLATION: 'off' }),
    start({ PLATFORM_ISOLATION: 'auto', PATH: forbiddingPath(unable) }),
  ]);

  const rejection = 'tuningfork: PLATFORM_ACTION_NETWORK=none is not usable: give full';
  expect(outcomes).toEqual([
    { code: 2, signal: null, stderr: expect.stringContaining(`${rejection}, or PLATFORM_ISOLATION=auto or required`) },
    {
      code: 2,
      signal: null,
      stderr: expect.stringContaining(`${rejection}, because programs cannot be confined here`),
    },
  ]);
});
