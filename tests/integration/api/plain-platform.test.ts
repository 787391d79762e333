import { taskToCreateInquiry } from '../../../helpers/scenario/conditions/inquiry-conditions';
import { until } from '../../../helpers/scenario/polling';
import { isObject, type Json } from '../../../contract/json';
import { extensionKeys } from '../../../contract/extension';
import { objectSchema } from '../../attune/contract-schemas';
import * as exercise from '../../attune/exercise';
import { keyDifferences, type AllowedExtensions } from '../../attune/key-differences';
import { NOTIFICATION_PAYLOADS, payloadKeys, responseKeys } from '../../attune/response-tables';
import { withObservedPlatform, type ObservedPlatform } from './with-observed-platform';
import { livenessDeadline } from '../liveness';

/** What an action's result adds to the contract's keys, by how the action ended. */
interface ResultExtensions {
  readonly timeout: readonly string[];
  readonly signal: readonly string[];
  readonly redacted: readonly string[];
}

const NO_RESULT_EXTENSIONS: ResultExtensions = { timeout: [], signal: [], redacted: [] };
const RESULT_EXTENSIONS: ResultExtensions = {
  timeout: ['timed_out', 'timeout_seconds', 'timeout_level', 'signal'],
  signal: ['signal'],
  redacted: ['redacted'],
};

const marked: AllowedExtensions = (name) =>
  name === 'BatchSummary' || name === 'TokenUser' ? [] : extensionKeys(objectSchema(name));
const none: AllowedExtensions = () => [];

const keysOf = (value: Json | undefined): string[] => (isObject(value) ? Object.keys(value).sort() : []);
const sorted = (...keys: string[]): string[] => keys.sort();
const FAILED = ['succeeded', 'exit_code', 'duration_ms', 'error'];

interface Variant {
  readonly extensions: 'on' | 'off';
  /** Keys that responses may have beside those of the contract. */
  readonly allowed: AllowedExtensions;
  readonly added: ResultExtensions;
}

const VARIANTS: readonly Variant[] = [
  { extensions: 'off', allowed: none, added: NO_RESULT_EXTENSIONS },
  { extensions: 'on', allowed: marked, added: RESULT_EXTENSIONS },
];

describe.each(VARIANTS)('a platform with extensions $extensions', (variant) => {
  const platform = withObservedPlatform({ PLATFORM_EXTENSIONS: variant.extensions }, exercise.exerciseResources);

  testResults(platform, variant);
  testLimits(platform, variant);
  testResponses(platform, variant);
  testNotifications(platform, variant);
});

function testResults(platform: () => ObservedPlatform, { added }: Variant): void {
  test('results have the keys of the contract and of its extensions', async () => {
    const fine = await exercise.executeScript(platform().client, 'fine');
    const fail = await exercise.executeScript(platform().client, 'fail');
    const killed = await exercise.executeScript(platform().client, 'killed');
    const printed = await exercise.executeScript(platform().client, 'print', { token: 'open-sesame' });
    const cancelled = await exercise.executeAndCancel(platform().client);

    expect(keysOf(fine.result)).toEqual(sorted('succeeded', 'exit_code', 'duration_ms', 'stdout'));
    expect(keysOf(fail.result)).toEqual(sorted(...FAILED, 'stderr_log'));
    expect(keysOf(killed.result)).toEqual(sorted(...FAILED, ...added.signal));
    expect(printed.result).toMatchObject({ stdout: '***' });
    expect(keysOf(printed.result)).toEqual(
      sorted('succeeded', 'exit_code', 'duration_ms', 'stdout', ...added.redacted),
    );
    expect(keysOf(cancelled.result)).toEqual(sorted(...FAILED, 'cancelled', ...added.signal));
  });

  test('a result of a timeout has the keys of contract and extensions', async () => {
    const id = await exercise.startTasks(platform().client, 'late', [exercise.scriptTask('sleep', { timeout: 1 })]);
    const { status, children } = await exercise.endedTasks(platform().client, id);

    expect([status, children[0]?.status]).toEqual(['failed', 'failed']);
    expect(keysOf(children[0]?.result)).toEqual(sorted(...FAILED, ...added.timeout));
  });
}

function testLimits(platform: () => ObservedPlatform, { extensions }: Variant): void {
  test('limits of actions and workflows apply with extensions only', async () => {
    // Longer than each limit. Where a limit applies, nothing waits so long.
    const input = { seconds: extensions === 'on' ? 60 : 1 };
    const limited = await exercise.execute(platform().client, 'filed.limited', input);
    const id = await exercise.startTasks(platform().client, 'hurried', [exercise.scriptTask('pause', { input })], {
      timeout: 0.3,
    });
    const { status } = await exercise.endedTasks(platform().client, id);

    expect(limited.status).toBe(extensions === 'on' ? 'failed' : 'completed');
    expect(isObject(limited.result) && limited.result.timed_out).toBe(extensions === 'on' ? true : undefined);
    expect(status).toBe(extensions === 'on' ? 'failed' : 'completed');
  });

  test('core.ask reads its other inputs with extensions only', async () => {
    const input = { prompt: 'Which?', timeout_seconds: 600, default_response: 'none' };
    const id = await exercise.startTasks(platform().client, 'ask', [{ name: 'ask', action: 'core.ask', input }]);
    const inquiry = await until(taskToCreateInquiry('ask', platform().client, id), livenessDeadline());

    expect(inquiry.timeout_at === null).toBe(extensions === 'off');
    await platform().client.inquiries.respond(inquiry.id, 'this');
    const { children } = await exercise.endedTasks(platform().client, id);
    expect(keysOf(children[0]?.result)).toEqual(sorted('response', '__inquiry_id', '__inquiry_created_published'));
  });
}

function testResponses(platform: () => ObservedPlatform, { allowed }: Variant): void {
  test('responses have the keys of the contract and of its extensions', () => {
    const successful = platform().responses.filter(
      ({ status, path }) => status < 300 && path !== '/api/v1/capabilities',
    );

    expect(successful.flatMap((response) => keyDifferences(response, allowed))).toEqual([]);
    expect(successful.length).toBeGreaterThan(60);
  });
}

function testNotifications(platform: () => ObservedPlatform, { extensions }: Variant): void {
  test('notifications have the types and keys of the contract', () => {
    const types = [...new Set(platform().socket.notifications.map(({ notification_type: type }) => type))];
    const inContract = types.filter((type) => Object.hasOwn(NOTIFICATION_PAYLOADS, type));

    expect(types.filter((type) => !inContract.includes(type))).toEqual(extensions === 'on' ? ['rule_updated'] : []);
    for (const { notification_type: type, payload } of platform().socket.notifications) {
      if (!inContract.includes(type)) continue;
      const expected = payloadKeys(type as keyof typeof NOTIFICATION_PAYLOADS);
      expect([type, keysOf(payload)]).toEqual([type, expected.sort()]);
    }
    expect(inContract.sort()).toEqual(
      sorted(
        ...['execution_created', 'execution_status_changed', 'workflow_execution_status_changed', 'event_created'],
        ...['enforcement_created', 'enforcement_status_changed', 'inquiry_created', 'inquiry_responded'],
        ...['artifact_created', 'artifact_updated'],
      ),
    );
  });

  test('a task in a notification has the keys of the contract', () => {
    const tasks = platform().socket.notifications.flatMap(({ payload }) =>
      isObject(payload.workflow_task) ? [payload] : [],
    );
    const optional = responseKeys('WorkflowTask').filter(({ isOptional }) => isOptional);
    const always = responseKeys('WorkflowTask').filter(({ isOptional }) => !isOptional);

    const seen = new Set(tasks.map(({ workflow_task }) => keysOf(workflow_task).join(' ')));
    expect([...seen]).toEqual([sorted(...always.map(({ name }) => name)).join(' ')]);
    expect(optional.map(({ name }) => name)).toEqual(['triggered_by']);
  });

  test('a filter of an extension is rejected without extensions', async () => {
    const filter = JSON.stringify({ type: 'subscribe', filter: 'notification_type:rule_updated' });
    const invalid = JSON.stringify({ type: 'subscribe', filter: 'notification_type:none' });

    const answer = platform().socket.sendInvalid(filter);
    platform().socket.send(invalid);
    expect(await answer).toMatch(extensions === 'on' ? /"none"/ : /"rule_updated"/);
  });
}
