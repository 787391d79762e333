import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError, WaitError } from '../../../../helpers/errors';
import { countAssertions } from '../../../../helpers/scenario/assertion-count';
import { openContext } from '../../../../helpers/scenario/context';
import { readFailures, writeFailure } from '../../../../helpers/scenario/failure-records';
import { startDeadline } from '../../../../helpers/scenario/time/deadline';
import { runTestBody, type TestBody } from '../../../../helpers/scenario/run-test-body';
import { factsOf } from './local-run-facts';

const FILE = 'tests/e2e/tier2/t2-01-nested-workflow.test.ts';
const DEADLINE_MS = 200;

const directory = mkdtempSync(join(tmpdir(), 'test-body-'));
beforeAll(() => countAssertions());
afterAll(() => rmSync(directory, { recursive: true }));

/** First lines of the errors of a test with this body. */
async function errorsOf(body: TestBody): Promise<string[]> {
  const opened = openContext(factsOf(directory), FILE, 'a', startDeadline(DEADLINE_MS));
  const { errors } = await runTestBody(opened, body);
  return errors.map((error) => (error as Error).message.split('\n', 1)[0]!);
}

test('SC-04 a test with an assertion that holds passes', async () => {
  expect(await errorsOf(async () => expect(await Promise.resolve(1)).toBe(1))).toEqual([]);
});

test('SC-04 a test without an assertion fails', async () => {
  expect(await errorsOf(() => Promise.resolve())).toEqual(['the test made no assertion']);
});

test('SC-04 a test that never ends fails after its deadline', async () => {
  const errors = await errorsOf(() => new Promise(() => undefined));

  expect(errors).toEqual(['the test ran past its deadline: wait with until() or stays(), which stop there']);
});

test('SC-04 an object that cannot be released fails the test', async () => {
  const errors = await errorsOf((ctx) => {
    ctx.defer(() => Promise.reject(new Error('it is still there')));
    expect(ctx.nonce).toHaveLength(12);
    return Promise.resolve();
  });

  expect(errors).toHaveLength(1);
  expect(errors[0]).toContain('it is still there');
});

test('only a lateness that the test measured leaves a test undecided', async () => {
  const timedOut = new WaitError('WAIT_TIMED_OUT', 'execution 4 to be completed', 'running', '');
  const measured = new EnvironmentError('gap 1: planned 3000 ms, measured 4100 ms');
  const run = async (error: Error) => {
    const opened = openContext(factsOf(directory), FILE, 'a', startDeadline(DEADLINE_MS));
    const onBusyHost = { ...opened, processorTime: () => ({ ranMs: 100, waitedMs: 9_000 }) };
    return (await runTestBody(onBusyHost, () => Promise.reject(error))).isInconclusive;
  };
  expect(await Promise.all([timedOut, measured, new Error('a wrong value')].map(run))).toEqual([false, true, false]);
});

test('a failure shows the line of the test, and its record has all frames', async () => {
  const frames = ['    at until (/clone/helpers/scenario/polling.ts:9:1)', `    at /clone/${FILE}:12:3`];
  const error = new Error('it was 4');
  error.stack = `Error: it was 4\n${frames.join('\n')}`;
  const opened = openContext(factsOf(directory), FILE, 'a', startDeadline(DEADLINE_MS));

  const { errors, failure } = await runTestBody(opened, () => Promise.reject(error));

  expect((errors[0] as Error).stack?.split('\n').filter((line) => line.includes('    at '))).toEqual([frames[1]]);
  writeFailure(directory, { id: 'T2.1a', from: 5 }, failure!);
  expect(readFailures(directory)).toMatchObject([{ id: 'T2.1a', from: 5, error: 'it was 4', frames }]);
});

const UNLIMITED_MS = 60_000;
const ENTRY = {
  level: 50,
  time: 0,
  msg: 'a request failed',
  route: '/api/v1/rules',
  err: { message: 'x is undefined', stack: 'TypeError: x is undefined\n    at handle (rules.ts:4)' },
};

/** A test on a platform with a log, to which the body can append an error. */
async function runLogged(body: (logError: () => void) => TestBody) {
  const log = join(directory, 'platform.log');
  writeFileSync(log, '');
  const opened = openContext({ ...factsOf(directory), log }, FILE, 'a', startDeadline(UNLIMITED_MS));
  const run = body(() => appendFileSync(log, `${JSON.stringify(ENTRY)}\n`));
  const { errors, isInconclusive } = await runTestBody(opened, run);
  return { messages: errors.map((error) => (error as Error).message), isInconclusive };
}

const FAULT = [
  'PLATFORM_FAULT: the platform logged an error that it did not handle',
  '1970-01-01T00:00:00.000Z  /api/v1/rules  a request failed: x is undefined',
  'TypeError: x is undefined',
  '    at handle (rules.ts:4)',
];

test('an error of the platform fails a test that waits, at once', async () => {
  const { messages } = await runLogged((logError) => () => {
    logError();
    return new Promise(() => undefined);
  });
  expect(messages[0]!.split('\n').slice(0, 4)).toEqual(FAULT);
});

test('it fails one that ends well, and precedes the error of another', async () => {
  const passed = await runLogged((logError) => () => {
    logError();
    expect(1).toBe(1);
    return Promise.resolve();
  });
  const failed = await runLogged((logError) => () => {
    logError();
    return Promise.reject(new EnvironmentError('late'));
  });

  expect(passed.messages[0]!.split('\n').slice(0, 4)).toEqual(FAULT);
  expect(failed.messages[0]!.split('\n').slice(0, 6)).toEqual([...FAULT, '', 'ENVIRONMENT: late']);
  expect(failed.isInconclusive).toBe(false);
});
