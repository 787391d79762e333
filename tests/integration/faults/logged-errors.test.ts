// Every role logs an error that it does not expect: message, stack, and what it concerns.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../../contract/json';
import { logIn, type Client } from '../../../helpers/client/client';
import { connectNotifier } from '../../../helpers/client/notifier-socket';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { waitForExit } from '../embedded/cli-process';
import { livenessDeadline } from '../liveness';
import { ErringProgram, messageOf, type ErrorPlace, type LoggedError, type LoggingProcess } from './erring-platform';
import { testDirectory } from '../../test-directory';
import { createShellAction } from '../shell-action';

jest.setTimeout(300_000);

const PLACES = {
  route: {
    file: 'executor/dispatch/load-waiting-tree.ts',
    within: 'loadWaitingTree',
    before: 'const given = await loadLimits(transaction, running);',
  },
  dispatch: {
    file: 'executor/dispatch/assignment.ts',
    within: 'Assignment.place',
    before: "if (execution.addressed_to !== null) return { kind: 'worker', worker: execution.addressed_to };",
  },
  advance: {
    file: 'executor/workflows/advance.ts',
    within: 'advanceLocked',
    before: 'const clockOffset = lockedAt - run.now;',
  },
  rule: {
    file: 'executor/events/process-event.ts',
    within: 'enforceRule',
    before: 'const enforcement = await insertEnforcement(transaction, event, rule);',
  },
  timer: {
    file: 'executor/events/fire-timers.ts',
    within: 'timerOutcome',
    before: 'return afterFire(timer, now, SENSOR_REF);',
  },
  retention: {
    file: 'executor/retention/removals.ts',
    within: 'removePortion',
    before: 'return rows[0]!.removed;',
  },
  notifier: {
    file: 'notifier/notification-hub.ts',
    within: 'NotificationHub.send',
    before: 'subscriber.send(outgoing);',
  },
  spawn: {
    file: 'start/worker-process.ts',
    within: 'spawnWorker',
    before: 'serve(child.stdio[WORKER_STREAM] as Duplex, name);',
  },
  attempt: {
    file: 'worker/attempts/run-attempt.ts',
    within: 'runPrepared',
    before: 'if (attempt.attempt > 1) await killEarlierAttempts(attempt, workerContext);',
  },
  finish: {
    file: 'store/executions/attempts.ts',
    within: 'endAttempt',
    before: 'const bounded = boundOutcome(reported, limitsOf(transaction).resultBytes);',
  },
  sensor: {
    file: 'worker/sensors/run-sensor.ts',
    within: 'runSensor',
    before: 'await killEarlierRuns(workerContext.instance, run);',
  },
  shipper: {
    file: 'workers/standalone/worker/log-shipper.ts',
    within: 'AttemptLogs.finish',
    before: 'for (const log of this.logs) await this.sendRest(log);',
  },
  egress: {
    file: 'egress/http-request.ts',
    within: 'runHttpRequest',
    before: 'const startedAt = performance.now();',
    when: "input.url === 'http://errors.invalid/'",
  },
  process: {
    file: 'executor/start-executor.ts',
    within: 'handleNotifications',
    before: 'if (payload === QUEUES_CHANGED) return queues.scheduleIn(0);',
  },
} satisfies Record<string, Omit<ErrorPlace, 'name'>>;

type Place = keyof typeof PLACES;

let program: ErringProgram;
let platform: LoggingProcess;
let client: Client;
let notifierUrl: string;
let token: string;
let platformUrl: string;

beforeAll(async () => {
  program = await ErringProgram.build(Object.entries(PLACES).map(([name, place]) => ({ name, ...place })));
  platform = program.start(['up', '--port', '0', '--notifier-port', '0', '--json', '--workers', '1'], {});
  const running = await platform.ready();
  platformUrl = running.url;
  ({ client, token } = await logIn({ baseUrl: running.url }, running.login, running.password!));
  notifierUrl = `${running.notifier_url.replace('http', 'ws')}/ws`;
  await createShellAction(client, 'errors.print', 'echo done');
  await createWorkflow('flow', 'core.noop');
  await createWorkflow('prints', 'errors.print');
  await client.triggers.create({ ref: 'errors.happened', pack_ref: 'errors', label: 'Happened' });
});
afterAll(() => program[Symbol.asyncDispose]());

const run = async (action: string, parameters: JsonObject = {}): Promise<number> =>
  (await client.executions.execute({ action_ref: action, parameters })).id;

/** Of one task. */
const createWorkflow = (name: string, action: string) =>
  client.workflows.create({
    ref: `errors.${name}`,
    pack_ref: 'errors',
    label: name,
    version: '1.0.0',
    definition: { version: '1.0.0', tasks: [{ name: 'a', action }] },
  });

interface RuleParts {
  readonly parameters?: JsonObject;
  readonly action?: string;
}

const createRule = (name: string, trigger: string, { parameters = {}, action = 'core.noop' }: RuleParts = {}) =>
  client.rules.create({
    ref: `errors.${name}`,
    pack_ref: 'errors',
    label: name,
    trigger_ref: trigger,
    trigger_params: parameters,
    action_ref: action,
    enabled: true,
  });

/**
 * Waits for the entry about the error of a place, with what it concerns. Its stack begins with the
 * message, and its innermost frame is in the source of the place.
 */
async function expectLogged(place: Place, msg: string, subject: JsonObject, from = platform): Promise<LoggedError> {
  const entry = await until(from.toLog(msg, messageOf(place), subject), livenessDeadline());
  expect(entry.err.stack).toMatch(new RegExp(`TypeError: ${messageOf(place)}\n +at `));
  expect(program.sourceOf(entry.err.stack)).toBe(`platform/${PLACES[place].file}`);
  return entry;
}

const toEnd = (id: number) => until(executionToBe('completed', client, id), livenessDeadline());

test('the API logs the request', async () => {
  const id = await run('core.noop');

  await program.whileThrowing('route', () =>
    expect(client.executions.waiting(id)).rejects.toMatchObject({ status: 500, code: 'INTERNAL_SERVER_ERROR' }),
  );

  const route = '/api/v1/executions/:id/waiting';
  const { request } = await expectLogged('route', 'a request failed', { method: 'GET', route, id });
  expect(request).toMatch(/^[0-9a-f-]{36}$/);
});

const BATCH = 'a batch of executions is dispatched again, without the steps of its workflows';
const RETRIED = 'could not dispatch an execution, and retries it';
const HANDLER = 'notification handler failed';

test.each([
  ['dispatch', 'errors.print', RETRIED],
  ['advance', 'errors.flow', HANDLER],
] as const)('the executor logs the execution of an error at %s', async (place, action, again) => {
  const { ref } = await createRule(place, 'errors.happened', { action });

  await program.whileThrowing(place, async () => {
    await client.webhooks.fire('errors.happened', {});
    const [requested] = await client.executions.list({ rule_ref: ref });
    const execution = requested!.id;
    await expectLogged(place, BATCH, { execution });
    await expectLogged(place, again, { execution });
  });

  await client.rules.remove(ref);
});

test('the API and the timers log the event and the rule of an error', async () => {
  const { ref: rule } = await createRule('posted', 'errors.happened');
  const timed = await createRule('timed', 'core.intervaltimer', { parameters: { unit: 'seconds', interval: 1 } });

  await program.whileThrowing('rule', async () => {
    const posted = await client.webhooks.fire('errors.happened', {});
    const msg = 'could not evaluate the rule of an event, and retries it';
    await expectLogged('rule', msg, { rule, event: posted.event_id });
    const { event } = await expectLogged('rule', msg, { rule: timed.ref });
    expect(event).toEqual(expect.any(Number));
  });
  await program.whileThrowing('timer', () =>
    expectLogged('timer', 'could not fire a timer, and retries it', { rule: timed.id, tenant: 1 }),
  );

  await client.rules.remove(timed.ref);
});

test('retention logs the tenant and the kind of rows', async () => {
  await program.whileThrowing('retention', async () => {
    await client.retention.update({ enabled: true, targets: { events: { max_age_seconds: 86_400 } } });
    await expectLogged('retention', 'a retention pass failed', { tenant: 1, removal: 'executions' });
  });
});

test('the notifier logs the subscriber and the notification', async () => {
  await using socket = await connectNotifier({ url: notifierUrl, token });
  await socket.subscribe('entity_type:execution');

  await program.whileThrowing('notifier', async () => {
    const entity = await run('core.noop');
    const msg = 'subscriber disconnected: could not send a notification';
    const { identity } = await expectLogged('notifier', msg, { notification: 'execution_created', entity });
    expect(identity).toEqual(expect.any(Number));
    await socket.closed;
  });
});

test('a worker logs the execution, and the platform that of a failed call', async () => {
  const { result } = await program.whileThrowing('attempt', async () => {
    const execution = await run('errors.print');
    await expectLogged('attempt', 'could not run the attempt', { execution });
    return until(executionToBe('failed', client, execution), livenessDeadline());
  });
  expect(result).toMatchObject({ error: expect.stringContaining(messageOf('attempt')) });

  await program.whileThrowing('finish', async () => {
    const execution = await run('errors.print');
    await expectLogged('finish', 'a call of a worker failed', { call: 'finishAttempt', execution });
  });
});

test('a worker logs the sensor', async () => {
  const directory = testDirectory();
  mkdirSync(join(directory, 'sensors'));
  writeFileSync(join(directory, 'pack.yaml'), 'ref: sensing\nversion: 1.0.0\nname: Sensing\n');
  const sensor = 'ref: sensing.idle\nlabel: Idle\nrunner_type: shell\nentry_point: idle.sh\ntrigger_types: [seen]\n';
  writeFileSync(join(directory, 'sensors/idle.yaml'), sensor);
  writeFileSync(join(directory, 'sensors/idle.sh'), '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
  mkdirSync(join(directory, 'triggers'));
  writeFileSync(join(directory, 'triggers/seen.yaml'), 'ref: sensing.seen\nlabel: Seen\n');

  await program.whileThrowing('sensor', async () => {
    await client.packs.upload(directory);
    await createRule('sensed', 'sensing.seen');
    await expectLogged('sensor', 'could not run a sensor', { sensor: 'sensing.idle', tenant: 1 });
  });
});

test('a worker logs the execution whose HTTP request ended by an error', async () => {
  const execution = await run('core.http_request', { url: 'http://errors.invalid/' });

  const { exitCode } = await expectLogged('egress', 'a program of the platform crashed', { execution });
  expect(exitCode).toBe(1);
  await until(executionToBe('failed', client, execution), livenessDeadline());
});

test('the supervisor logs the worker, and a standalone worker its execution', async () => {
  const { pid } = await program.whileThrowing('attempt', async () =>
    expectLogged('attempt', 'could not run the attempt', { execution: await run('errors.print') }),
  );
  const { token: workerToken } = await client.standaloneWorkers.issueToken({ name: 'remote' });
  const args = ['worker', '--api', platformUrl, '--name', 'remote', '--json'];
  const remote = program.start(args, { PLATFORM_WORKER_TOKEN: workerToken });
  await remote.ready();

  await program.whileThrowing('spawn', async () => {
    process.kill(pid, 'SIGKILL');
    const { worker } = await expectLogged('spawn', 'could not start a worker process', {});
    expect(worker).toMatch(/-w1$/);
    await program.whileThrowing('shipper', async () => {
      const execution = await run('errors.print'); // the standalone worker is the only one
      await expectLogged('shipper', 'could not send the logs of an attempt', { execution }, remote);
      await toEnd(execution);
    });
  });
});

test('a process that an error ends logs it', async () => {
  const exited = waitForExit(platform.cli);

  await program.whileThrowing('process', async () => {
    // The end of an action notifies the engine. The process may end before it responds.
    await Promise.allSettled([run('errors.prints')]);
    await expectLogged('process', 'the process ends: an error was not handled', { origin: 'uncaughtException' });
    expect(await exited).toEqual([1, null]);
  });
});
