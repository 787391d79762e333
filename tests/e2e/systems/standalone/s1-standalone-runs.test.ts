// Spec: a worker without the platform's disk gets what is placed on it, and runs it.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { executionToBe, logToEnd } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import { outputOf } from '../../../../helpers/scenario/resources/output-of';
import { createScriptAction } from '../../../../helpers/scenario/resources/script-action';
import { secretEncodings } from '../../../../helpers/scenario/resources/secret-encodings';
import { createWorkerDirectory, startStandaloneWorker, type Placement } from '../../support/workers/standalone-worker';
import { systemTestNeeding } from '../../support/system-test';
import { plainTar } from '../../support/raw-tar';
import { uploadRawPack } from '../../support/upload-raw-pack';

const onHost = systemTestNeeding('workers.standalone', 'host.processes');
const test = systemTestNeeding('workers.standalone', 'host.processes', 'runtimes.python');

const LIMIT_SECONDS = 60;

const actionFile = (name: string, runner: string, file: string) =>
  `name: ${name}\nlabel: ${name}\nrunner_type: ${runner}\nentry_point: ${file}\noutput_format: json\n`;

const SHELL = `
for line in 1 2 3; do echo "to stderr $line" >&2; done
echo "{\\"word\\": \\"$(cat lib/word)\\"}"
`;
const PYTHON = `
import json, pathlib, sys
for line in range(3):
    print('to stderr', line, file=sys.stderr)
print(json.dumps({'word': pathlib.Path('lib/word').read_text()}))
`;

/** Uploads a pack with an action of each kind. */
async function uploadPack(ctx: Context): Promise<string> {
  const ref = ctx.name('pack');
  const files = {
    'pack.yaml': `ref: ${ref}\nversion: 1.0.0\n`,
    'lib/word': ctx.nonce,
    'actions/shell.yaml': actionFile('shell', 'shell', 'shell.sh'),
    'actions/shell.sh': SHELL,
    'actions/python.yaml': actionFile('python', 'python', 'python.py'),
    'actions/python.py': PYTHON,
  };
  const { status } = await uploadRawPack(ctx.facts, plainTar(files));
  ctx.defer(() => ctx.client.packs.remove(ref));
  expect(status).toBe(201);
  return ref;
}

/** Runs an action to its end. Returns its worker, and what a client gets of it. */
async function run(ctx: Context, action_ref: string, placement: Partial<Placement> = {}) {
  const { id } = await ctx.client.executions.execute({ action_ref, ...placement });
  const { worker, result } = await until(executionToBe('completed', ctx.client, id), ctx.deadline);
  const { stderr_log: path, ...rest } = result as Record<string, unknown>;
  const [stdout, stderr] = [await outputOf(ctx, id, 'stdout'), await outputOf(ctx, id, 'stderr')];
  const own = { duration_ms: null, stderr_log: String(path).replace(`/${id}.`, '/id.') };
  return { worker, received: { result: { ...rest, ...own }, stdout, stderr } };
}

test('S1-57 results and logs of a pack are those of a local worker', LIMIT_SECONDS, async (ctx) => {
  const pack = await uploadPack(ctx);
  const { id, placement } = await startStandaloneWorker(ctx);

  for (const name of ['shell', 'python']) {
    const there = await run(ctx, `${pack}.${name}`, placement);
    const here = await run(ctx, `${pack}.${name}`);

    expect([there.worker, here.worker === id]).toEqual([id, false]);
    expect(there.received.result).toMatchObject({ succeeded: true, data: { word: ctx.nonce } });
    expect(there.received.stderr).toMatch(/^(to stderr \d\n){3}$/);
    expect(there.received).toEqual(here.received);
  }
});

onHost('S1-58 it gets what selects its label and tolerates its taint', LIMIT_SECONDS, async (ctx) => {
  const { client, deadline } = ctx;
  const action_ref = await createScriptAction(ctx, await ctx.ownPack(), 'true');
  const { id, name, placement } = await startStandaloneWorker(ctx);
  const { worker_selector, worker_tolerations } = placement;
  const execute = (demands: Partial<Placement>) => client.executions.execute({ action_ref, ...demands });

  const placed = await execute(placement);
  const withoutDemands = await execute({});
  const unplaced = [
    await execute({ worker_selector }),
    await execute({ worker_selector, worker_tolerations: [{ key: `${name}-2`, operator: 'exists' }] }),
    await execute({ worker_selector: { only: `${name}-2` }, worker_tolerations }),
  ];

  const workerOf = async (execution: number) =>
    (await until(executionToBe('completed', client, execution), deadline)).worker;
  expect([await workerOf(placed.id), (await workerOf(withoutDemands.id)) === id]).toEqual([id, false]);
  for (const execution of unplaced) {
    const { result, worker } = await until(executionToBe('failed', client, execution.id), deadline);
    expect(result).toMatchObject({ error: 'Execution is unschedulable', failed_by: 'execution_scheduler' });
    expect(worker).toBeNull();
  }
});

const SECRET_SCRIPT = `
printf '%s %s' "$token" "$pin" | sha256sum | cut -c 1-64
echo "out $token $pin"; echo "err $token $pin" >&2`;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The files below a directory, by path. */
const filesIn = (directory: string): Map<string, string> =>
  new Map(
    readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(join(directory, path)).isFile())
      .map((path) => [path, readFileSync(join(directory, path), 'latin1')]),
  );

onHost('S1-65 secrets reach the action, and neither the logs nor a file', LIMIT_SECONDS, async (ctx) => {
  const { client, deadline } = ctx;
  const [token, pin] = [`token-${ctx.nonce}`, `pin-${ctx.nonce}`];
  const schema = { token: { type: 'string', secret: true } };
  const action_ref = await createScriptAction(ctx, await ctx.ownPack(), SECRET_SCRIPT, schema);
  const ref = ctx.name('key');
  const key = { ref, name: 'pin', value: pin, encrypted: true, owner_action_ref: action_ref };
  await client.keys.create({ ...key, owner_type: 'action' });
  ctx.defer(() => client.keys.remove(ref));
  const directory = createWorkerDirectory(ctx);
  const { command, placement } = await startStandaloneWorker(ctx, { args: ['--directory', directory] });

  const { id } = await client.executions.execute({ action_ref, parameters: { token }, ...placement });
  const ended = await until(executionToBe('completed', client, id), deadline);
  command.kill('SIGTERM');
  await command.ended;

  const [stdout, stderr] = [await outputOf(ctx, id, 'stdout'), await outputOf(ctx, id, 'stderr')];
  expect([stdout, stderr]).toEqual([`${sha256(`${token} ${pin}`)}\nout *** ***\n`, 'err *** ***\n']);
  const files = filesIn(directory);
  const log = await until(logToEnd(client, id), ctx.deadline);
  const texts = [JSON.stringify([ended, log]), ...files.values()].join('\n');
  expect([token, pin].flatMap(secretEncodings).filter((encoded) => texts.includes(encoded))).toEqual([]);
  expect([...files.keys()].filter((path) => path.startsWith('logs'))).toEqual([]);
});
