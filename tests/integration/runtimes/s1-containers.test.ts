import { execFileSync } from 'node:child_process';
import { writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { logIn, type Client } from '../../../helpers/client/client';
import {
  executionToBe,
  executionToEnd,
  predicateToHold,
} from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { outputOf } from '../../../helpers/scenario/resources/output-of';
import type { RunningPlatform } from '../../../contract/platform-file';
import { findEngine, removeImage } from '../container-engine';
import { spawnCli, waitForExit, waitForOutcome, waitForReady, type CliProcess } from '../embedded/cli-process';
import { pidsMentioning, privateBase } from '../embedded/holder-process';
import { livenessDeadline } from '../liveness';

const IMAGE = 'localhost/container-test-busybox';
const ENGINE = findEngine('S1-68 to S1-71', IMAGE);

const SETTINGS = {
  PLATFORM_CONTAINER_ENGINE: ENGINE ?? '',
  PLATFORM_CONTAINER_IMAGE: IMAGE,
  PLATFORM_ACTION_ENV: 'FROM_OPERATOR',
  FROM_OPERATOR: 'given',
  NOT_FOR_ACTIONS: 'withheld',
  CONTAINERS_CONF: process.env.CONTAINERS_CONF ?? '',
  HOME: process.env.HOME ?? '',
};

const base = privateBase();
const data = join(base.path, 'data');
let cli: CliProcess;
let platform: RunningPlatform;
/** Ids of all that were started. */
const instances: string[] = [];
let password: string;
let client: Client;

async function start(): Promise<void> {
  cli = spawnCli(['up', '--port', '0', '--json', '--data', data], SETTINGS);
  platform = await waitForReady(cli);
  instances.push(platform.instance_id);
  password ??= platform.password!; // printed by the first start only
  client = (await logIn({ baseUrl: platform.url }, platform.login, password)).client;
}

beforeAll(async () => {
  if (!ENGINE) return;
  await start();
  await client.packs.create({ ref: 'boxed', label: 'Boxed', version: '1.0.0' });
});
afterAll(async () => {
  if (ENGINE) {
    const isRunning = cli.exitCode === null && cli.signalCode === null;
    if (isRunning && cli.kill('SIGTERM')) await waitForExit(cli);
    const left = instances.flatMap(containersOf); // of a test that has failed
    if (left.length > 0) execFileSync(ENGINE, ['rm', '--force', ...left], { stdio: 'pipe' });
    removeImage(ENGINE, IMAGE);
  }
  base.remove();
});

const containersOf = (instance: string): string[] =>
  execFileSync(ENGINE!, ['ps', '--all', '--quiet', '--filter', `name=tuningfork-${instance}`], { encoding: 'utf8' })
    .split('\n')
    .filter(Boolean);

/** Runs a script to its end. */
async function run(
  script: string,
  { parameters = {}, ...more }: { parameters?: object; env_vars?: Record<string, string> } = {},
) {
  const ref = `boxed.script${scripts++}`;
  const action = { ref, pack_ref: 'boxed', label: 'Script', runtime_ref: 'core.container', entrypoint: script };
  await client.actions.create(action);
  const { id } = await client.executions.execute({ action_ref: ref, parameters: { ...parameters }, ...more });
  return until(executionToEnd(client, id), livenessDeadline());
}
let scripts = 0;

const FAILED = 'Action execution failed: ';

const linesOf = async (script: string, more: Parameters<typeof run>[1] = {}): Promise<string[]> => {
  const { status, result } = await run(script, more);
  expect(status).toBe('completed');
  return (result as { stdout: string }).stdout.trim().split('\n');
};

(ENGINE ? test : test.skip)('S1-68 a script in a container can change nothing of its host', async () => {
  const [user, capabilities, root, temporary, privileges] = await linesOf(
    'id -u; grep CapEff /proc/self/status; awk \'$2 == "/" { print $4 }\' /proc/mounts | cut -d , -f 1; touch /tmp/file && echo written; grep NoNewPrivs /proc/self/status',
  );

  expect([capabilities, root, temporary, privileges]).toEqual([
    ...['CapEff:\t0000000000000000', 'ro', 'written', 'NoNewPrivs:\t1'],
  ]);
  expect(user).not.toBe('0');
});

(ENGINE ? test : test.skip)('S1-68 its environment has what the request and the operator give', async () => {
  const variables = await linesOf('env | cut -d = -f 1 | sort', { env_vars: { REQUESTED: 'yes' } });
  const [requested, path, operator] = await linesOf('echo "$REQUESTED"; echo $PATH; echo $FROM_OPERATOR', {
    env_vars: { REQUESTED: `it's "$(id)"`, PATH: '/bin:/mine' },
  });

  expect([requested, path, operator]).toEqual([`it's "$(id)"`, '/bin:/mine', 'given']);
  expect(variables).toEqual(expect.arrayContaining(['ATTUNE_EXEC_ID', 'ATTUNE_ACTION', 'REQUESTED']));
  for (const withheld of [
    'NOT_FOR_ACTIONS',
    'ATTUNE_API_TOKEN',
    'ATTUNE_API_URL',
    'PLATFORM_CONTAINER_ENGINE',
    'CONTAINERS_CONF',
  ])
    expect(variables).not.toContain(withheld);
});

(ENGINE ? test : test.skip)('S1-68 variables of a request do not reach the program of the engine', async () => {
  const library = join(base.path, 'library.so'); // the loader of a program complains about one that is absent

  const { id, result } = await run('printf %s $LD_PRELOAD', { env_vars: { LD_PRELOAD: library } });

  expect(result).toMatchObject({ stdout: library, exit_code: 0 });
  expect(await outputOf({ client, facts: { instanceId: 'started here' } }, id, 'stderr')).toBe('');
});

(ENGINE ? test : test.skip)('S1-69 a script reads the files of its pack, and cannot change them', async () => {
  const pack = join(data, 'incoming/filed');
  mkdirSync(join(pack, 'actions'), { recursive: true });
  writeFileSync(join(pack, 'pack.yaml'), 'ref: filed\nlabel: Filed\nversion: 1.0.0\n');
  writeFileSync(join(pack, 'actions/look.yaml'), 'ref: filed.look\nrunner_type: container\nentry_point: look.sh\n');
  writeFileSync(join(pack, 'actions/look.sh'), 'cat; head -n 1 pack.yaml; echo more >>pack.yaml || echo refused\n');
  await client.packs.register({ path: pack });

  const { id } = await client.executions.execute({ action_ref: 'filed.look', parameters: { text: 'héllo\n' } });
  const { status, result } = await until(executionToEnd(client, id), livenessDeadline());

  const [parameters, ref, change] = (result as { stdout: string }).stdout.trim().split('\n');
  expect([status, JSON.parse(parameters!), ref, change]).toEqual([
    ...['completed', { text: 'héllo\n' }, 'ref: filed', 'refused'],
  ]);
});

/** Uploads a pack with one action of these lines, and runs it to its end. */
async function runFiled(ref: string, manifest: string, action: string, script: string) {
  const pack = join(data, 'incoming', ref);
  mkdirSync(join(pack, 'actions'), { recursive: true });
  writeFileSync(join(pack, 'pack.yaml'), `ref: ${ref}\nlabel: Filed\nversion: 1.0.0\n${manifest}`);
  writeFileSync(
    join(pack, 'actions/look.yaml'),
    `ref: ${ref}.look\nrunner_type: container\nentry_point: look.sh\n${action}`,
  );
  writeFileSync(join(pack, 'actions/look.sh'), script);
  await client.packs.register({ path: pack });
  const { id } = await client.executions.execute({ action_ref: `${ref}.look` });
  const { status, result } = await until(executionToEnd(client, id), livenessDeadline());
  const { stdout, error } = result as { stdout?: string; error?: string };
  return [status, stdout ?? error];
}

(ENGINE ? test : test.skip)('S1-69 a container of a pack that asks for no network has none', async () => {
  expect(await runFiled('alone', 'network: none\n', '', 'ls /sys/class/net\n')).toEqual(['completed', 'lo\n']);
});

(ENGINE ? test : test.skip)('S1-69 an action that wants its parameters as a file fails', async () => {
  expect(await runFiled('by_file', '', 'parameter_delivery: file\n', 'cat\n')).toEqual([
    'failed',
    `${FAILED}a container gets its parameters by stdin, not as a file`,
  ]);
});

(ENGINE ? test : test.skip)('S1-71 the image is the default of the action where none is given', async () => {
  const schema = 'parameters:\n  image: { type: string, default: localhost/by-default }\n';

  const [status, message] = await runFiled('defaulted', '', schema, 'cat\n');

  expect([status, message]).toEqual([
    'failed',
    expect.stringContaining('image "localhost/by-default" is not present on this host: '),
  ]);
});

(ENGINE ? test : test.skip)('S1-70 a script that is cancelled ends with its container', async () => {
  const ref = 'boxed.endless';
  const action = { ref, pack_ref: 'boxed', label: 'Endless', runtime_ref: 'core.container' };
  await client.actions.create({ ...action, entrypoint: 'trap "" TERM; while :; do sleep 1; done' });
  const { id } = await client.executions.execute({ action_ref: ref });
  await until(
    predicateToHold('its container', () => containersOf(platform.instance_id).length === 1),
    livenessDeadline(),
  );

  await client.executions.cancel(id);
  await until(executionToBe('cancelled', client, id), livenessDeadline());

  expect(containersOf(platform.instance_id)).toEqual([]);
});

(ENGINE ? test : test.skip)('S1-71 what is no name of an image fails apart from an absent image', async () => {
  const messageOf = async (image: unknown) => {
    const { status, result } = await run('true', { parameters: { image } });
    return [status, (result as { error: string }).error];
  };

  expect(await messageOf('--privileged')).toEqual([
    ...['failed', `${FAILED}the parameter image is no name of an image: "--privileged"`],
  ]);
  expect(await messageOf(7)).toEqual(['failed', `${FAILED}the parameter image is no name of an image: 7`]);
  const [status, message] = await messageOf('localhost/absent');
  expect(status).toBe('failed');
  expect(message).toMatch(
    /^Action execution failed: image "localhost\/absent" is not present on this host: .*localhost\/absent/,
  );
});

(ENGINE ? test : test.skip)('S1-70 a platform that is killed leaves no container', async () => {
  const { instance_id: killed } = platform;
  const ref = 'boxed.sleeper';
  const action = { ref, pack_ref: 'boxed', label: 'Sleeper', runtime_ref: 'core.container', entrypoint: 'sleep 300' };
  await client.actions.create(action);
  await client.executions.execute({ action_ref: ref });
  await until(
    predicateToHold('its container', () => containersOf(killed).length === 1),
    livenessDeadline(),
  );

  const ended = waitForExit(cli);
  cli.kill('SIGKILL');
  await ended;

  const isGone = () => containersOf(killed).length === 0 && pidsMentioning(killed).length === 0;
  await until(predicateToHold('nothing left of it', isGone), livenessDeadline());
  await start(); // for the end of this file
});

test('S1-71 a platform with an engine that does not answer does not start', async () => {
  const settings = { PLATFORM_CONTAINER_ENGINE: '/none/podman', PLATFORM_CONTAINER_IMAGE: IMAGE };

  const starting = spawnCli(['up', '--port', '0', '--json'], settings);
  starting.stdout.once('data', () => starting.kill()); // it has started all the same

  expect(await waitForOutcome(starting)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      `PLATFORM_CONTAINER_ENGINE=/none/podman is not usable: give an engine that answers and has the image ${IMAGE}: .*ENOENT`,
    ) as string,
  });
  const { PLATFORM_CONTAINER_ENGINE } = settings;
  expect(await waitForOutcome(spawnCli(['up', '--port', '0'], { PLATFORM_CONTAINER_ENGINE }))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('give PLATFORM_CONTAINER_IMAGE as well') as string,
  });
});
