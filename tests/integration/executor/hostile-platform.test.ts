import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, JsonObject } from '../../../contract/json';
import { executionToEnd } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { withPlatform } from './with-platform';
import { livenessDeadline } from '../liveness';
import { testDirectory } from '../../test-directory';

const scratch = testDirectory();
const canary = join(scratch, 'canary');
const PACK = 'hostile';

const client = withPlatform(PACK, { CANARY: 'a-canary-sings' });

const HOST_ESCAPE = `process.mainModule.require('child_process').execSync('touch ${canary}')`;
const big = 'x'.repeat(600_000);

/** Input of one task, and the code of the child that cannot be dispatched. */
const HOSTILE: [string, Json, string][] = [
  ['a constructor chain', `{{ "".constructor.constructor("${HOST_ESCAPE}")() }}`, 'TEMPLATE_FORBIDDEN'],
  ['a constructor in brackets', '{{ parameters["con" + "structor"] }}', 'TEMPLATE_FORBIDDEN'],
  ['a function of a function', '{{ range.constructor("return process")() }}', 'TEMPLATE_FORBIDDEN'],
  ['a prototype key', '{{ parameters.__proto__.polluted }}', 'TEMPLATE_FORBIDDEN'],
  ['a method', '{{ parameters.list.push(1) }}', 'TEMPLATE_FORBIDDEN'],
  ['a name of the host', '{{ process.env.CANARY }}', 'TEMPLATE_NAME'],
  ['a foreign filter', '{{ "x" | attr("constructor") }}', 'TEMPLATE_NAME'],
  ['a doubling string', '{{ parameters.big + parameters.big }}', 'TEMPLATE_LIMIT'],
  ['a string many times', `{{ parameters.big }}{{ parameters.big }}`, 'TEMPLATE_LIMIT'],
  ['a huge range', '{{ range(1000000000) }}', 'TEMPLATE_LIMIT'],
  ['work without end', `{{ [${'sum(range(40000)), '.repeat(300)}] }}`, 'TEMPLATE_TIMEOUT'],
  ['a catastrophic regular expression', '{{ match("(a+)+$", parameters.big) }}', 'TEMPLATE_TIMEOUT'],
  ['nested repeats', '{{ match("((a{100}){100}){100}", "a") }}', 'TEMPLATE_ARGUMENTS'],
  ['deep nesting', `{{ ${'('.repeat(5_000)}1${')'.repeat(5_000)} }}`, 'TEMPLATE_LIMIT'],
  ['an expression of a megabyte', `{{ ${'1 + '.repeat(250_000)}1 }}`, 'TEMPLATE_LIMIT'],
  ['many texts', Array.from({ length: 40_000 }, (_, n) => `{{ ${n} + 1 }}`), 'TEMPLATE_TIMEOUT'],
];

let workflowCount = 0;

/** Creates a workflow of these tasks and waits until it has ended. */
const run = async (tasks: JsonObject[], more: JsonObject = {}) => {
  const ref = `${PACK}.flow-${++workflowCount}`;
  const flow = { ref, pack_ref: PACK, label: ref, version: '1.0.0' };
  await client().workflows.create({ ...flow, definition: { version: '1.0.0', tasks, ...more } });
  const parameters = { big, list: [1] };
  const { id } = await client().executions.execute({ action_ref: ref, parameters });
  return until(executionToEnd(client(), id), livenessDeadline());
};

const expectNoCanary = () => {
  expect(existsSync(canary)).toBe(false);
};

test.each(HOSTILE)('TP-01 TP-02 %s fails its task, without an effect on the host', async (_, template, code) => {
  const { id, status, result } = await run([{ name: 'a', action: 'core.echo', input: { message: template } }]);

  expect({ status, result }).toEqual({
    status: 'failed',
    result: { succeeded: false, error: 'Workflow failed: 1 task(s) failed: a' },
  });
  const [child] = await client().executions.children(id);
  const stopped = await client().executions.get(child!.id);
  expect(stopped).toMatchObject({ status: 'failed', worker: null, result: { code } });
  expect(JSON.stringify(stopped)).not.toContain('a-canary-sings');
  expectNoCanary();
});

test('TP-03 a variable that doubles forty times stops at the limit', async () => {
  const tasks = Array.from({ length: 40 }, (_, n) => ({
    name: `t${n}`,
    action: 'core.noop',
    next: [{ publish: [{ v: '{{ vars.v + vars.v }}' }], do: n < 39 ? [`t${n + 1}`] : [] }],
  }));
  const { status, result } = await run(tasks, { vars: { v: 'ab' }, output_map: { size: '{{ length(vars.v) }}' } });

  expect({ status, result }).toEqual({ status: 'completed', result: { succeeded: true, size: 524_288 } });
});

/** Keys of a task whose rendered values the database stores as texts. */
const STORED_TEXTS = {
  permission_set_refs: (text: string) => [text],
  worker_selector: (text: string) => ({ zone: text }),
  worker_tolerations: (text: string) => [{ key: text, operator: 'Exists' }],
};

test('IN-04 NUL or half a surrogate pair in an expression fails its task', async () => {
  const texts = ['"\\\\u0000"', '"\\\\ud800"'].map((json) => `{{ '${json}' | fromjson }}`);
  const tasks = Object.entries(STORED_TEXTS).flatMap(([key, valueOf]) =>
    texts.map((text) => ({ name: 'a', action: 'core.noop', [key]: valueOf(text) })),
  );

  const ended = await Promise.all(tasks.map((task) => run([task])));

  expect(ended.map(({ status }) => status)).toEqual(tasks.map(() => 'failed'));
});

test('TP-02 another workflow completes while hostile workflows run', async () => {
  const many = (input: JsonObject) =>
    run(Array.from({ length: 100 }, (_, n) => ({ name: `t${n}`, action: 'core.noop', input })));
  const hostile = [many({ x: '{{ sum(range(40000)) }}' }), many({ x: '{{ match("(a+)+$", parameters.big) }}' })];

  const ordinary = await run([{ name: 'a', action: 'core.echo', input: { message: '{{ 6 * 7 }}' } }]);

  expect(ordinary.status).toBe('completed');
  expect((await Promise.all(hostile)).map(({ status }) => status)).toEqual(['failed', 'failed']);
  expect(await client().health.get()).toMatchObject({ status: 'ok' });
  expectNoCanary();
});
