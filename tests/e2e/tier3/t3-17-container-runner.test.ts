// Spec: a container action runs in its image, apart from all else, and leaves nothing.
import { execFileSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { claim, type Context } from '../../../helpers/scenario/claim';
import {
  executionToBe,
  executionToEnd,
  predicateToHold,
} from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { timeoutMarker, timeoutStatus } from '../../../helpers/scenario/resources/execution-limits';
import { expectHidden } from '../../../helpers/scenario/resources/secret-encodings';
import { childOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['runners.container'];

/** What the target declares: its runtime, an image that is present, and the engine's program. */
interface Runner {
  readonly runtime: string;
  readonly image: string;
  readonly engine: string;
}

function runnerOf({ facts }: Context): Runner {
  const details = facts.capabilities['runners.container'];
  if (details === undefined || details === true) throw new Error('the target declares no details of runners.container');
  const { runtime, image, engine } = details;
  if (typeof runtime !== 'string' || typeof image !== 'string' || typeof engine !== 'string')
    throw new Error('the target declares no runtime, image and engine of runners.container');
  return { runtime, image, engine };
}

const engine = (ctx: Context, ...args: string[]): string =>
  execFileSync(runnerOf(ctx).engine, args, { encoding: 'utf8' }).trim();

/** Whether the engine still has the container whose script printed its host name first: its id. */
const remains = (ctx: Context, output: string): boolean =>
  engine(ctx, 'ps', '--all', '--quiet', '--filter', `id=${output.split('\n')[0]!}`) !== '';

/** What a script writes in the image: in the log, because podman's `run` may lose it. */
function outputIn(ctx: Context, script: string): string {
  const id = engine(ctx, 'run', '--detach', runnerOf(ctx).image, 'sh', '-c', script);
  engine(ctx, 'wait', id);
  const output = engine(ctx, 'logs', id);
  engine(ctx, 'rm', id);
  return output;
}

/** Creates an action whose script runs in a container. Returns its ref. */
async function createInContainer(ctx: Context, entrypoint: string): Promise<string> {
  const pack_ref = await ctx.ownPack();
  const ref = `${pack_ref}.${ctx.name('contained')}`;
  const param_schema = { image: { type: 'string', required: true }, token: { type: 'string', secret: true } };
  const runtime_ref = runnerOf(ctx).runtime;
  await ctx.client.actions.create({ ref, pack_ref, label: 'contained', runtime_ref, entrypoint, param_schema });
  return ref;
}

/** Executes it to its end, in whatever status. */
const run = async (ctx: Context, action_ref: string, parameters: Parameters = {}) => {
  const request = { action_ref, parameters: { image: runnerOf(ctx).image, ...parameters } };
  const { id } = await ctx.client.executions.execute(request);
  return until(executionToEnd(ctx.client, id), ctx.deadline);
};

const stdoutOf = ({ result }: { result: unknown }): string => (result as { stdout: string }).stdout.trim();

const DIGEST = 'sha256sum </etc/os-release';

claim('T3.17a', NEEDS, 'an action runs inside its image, and its container is removed', async (ctx) => {
  const script = `hostname; ${DIGEST}; readlink /proc/self/ns/pid`;

  const ended = await run(ctx, await createInContainer(ctx, script));

  const [host, digest, namespace] = stdoutOf(ended).split('\n');
  const isLeft = remains(ctx, stdoutOf(ended));
  if (isLeft) engine(ctx, 'rm', '--force', host!);
  expect(ended.status).toBe('completed');
  expect(digest).toBe(outputIn(ctx, DIGEST));
  expect([host === hostname(), namespace === readlinkSync('/proc/self/ns/pid')]).toEqual([false, false]);
  expect(isLeft).toBe(false);
});

claim('T3.17b', NEEDS, 'parameters arrive typed on standard input, and nowhere else', async (ctx) => {
  const token = `${ctx.nonce}-secret`;
  const plain = `${ctx.nonce}-plain`; // not masked in output, as the token is
  const nested = { list: [1, 'two', null], on: true, text: 'it\'s "quoted"\n' };
  const script = `tr '\\0' '\\n' </proc/1/cmdline; tr '\\0' '\\n' </proc/1/environ; echo ---; cat`;

  const ended = await run(ctx, await createInContainer(ctx, script), { nested, token, plain });

  const [outside, input] = stdoutOf(ended).split('\n---\n');
  expect(JSON.parse(input!)).toMatchObject({ nested, plain });
  for (const parameter of [token, plain]) expectHidden(parameter, 'PATH', { outside });
});

claim('T3.17c', NEEDS, 'two runs share no file and see no process of each other', async (ctx) => {
  const mark = `/tmp/${ctx.nonce}`;
  const look = `ls ${mark} 2>/dev/null | wc -l; set -- /proc/[0-9]*/; echo $#; [ -e ${ctx.facts.directory} ]; echo $?`;
  const writer = await createInContainer(ctx, `touch ${mark}; sleep 1`);
  const reader = await createInContainer(ctx, look);

  const first = await run(ctx, writer);
  const alone = await run(ctx, reader);
  const [second, beside] = await Promise.all([run(ctx, writer), run(ctx, reader)]);

  expect([first, alone, second, beside].map(({ status }) => status)).toEqual(Array(4).fill('completed'));
  expect(stdoutOf(beside)).toBe(stdoutOf(alone)); // with as many processes as alone
  const [files, , absent] = stdoutOf(alone).split('\n');
  expect([files, absent]).toEqual(['0', '1']);
});

/** Waits until a program has written to its standard output. */
async function waitForOutput({ client }: Context, id: number): Promise<void> {
  for await (const { event, data } of client.executions.logs(id, 'stdout')) {
    if (event !== 'waiting' && data !== '') return;
  }
}

/** Longer than a busy host takes to start a container. */
const LIMIT_SECONDS = 15;

claim.time('T3.17d', [...NEEDS, 'workflows.task_timeout'], 'exit code, image and limit fail apart', async (ctx) => {
  const absent = `e2e-absent/${ctx.nonce}:none`;
  const sleep = await createInContainer(ctx, 'hostname; sleep 60');
  const { image } = runnerOf(ctx);

  const exited = await run(ctx, await createInContainer(ctx, 'hostname; exit 7'));
  const missing = await run(ctx, sleep, { image: absent });
  const id = await startWorkflow(ctx, [{ name: 'slow', action: sleep, input: { image }, timeout: LIMIT_SECONDS }]);
  const children = () => ctx.client.executions.children(id);
  const isRunning = async () => (await children())[0]?.status === 'running';
  await until(predicateToHold('the container to be started', isRunning), ctx.deadline);
  await waitForOutput(ctx, (await children())[0]!.id);
  await ctx.time.pass(LIMIT_SECONDS, { settle: false });
  await until(executionToBe('failed', ctx.client, id), ctx.deadline);
  const slow = await childOf(ctx, id, 'slow');

  expect(exited).toMatchObject({ status: 'failed', result: { exit_code: 7 } });
  expect(missing).toMatchObject({ status: 'failed', result: { error: expect.stringContaining(absent) as string } });
  expect(slow.status).toBe(timeoutStatus(ctx.facts.choices));
  expect(timeoutMarker(slow, ctx.facts.capabilities).isTimedOut).toBe(true);
  expect([exited, slow].map((ended) => remains(ctx, stdoutOf(ended)))).toEqual([false, false]);
});
