import type { JsonObject } from '../../../../contract/json';
import { withDefaults } from '../../../../platform/core/schema/flat-schema';
import { resultView, secretOutputTaint, withSecretOutput } from '../../../../platform/core/workflow/result-view';
import { MODES, WorkflowSimulator, task, workflow, type ChildOutcome } from './workflow-simulator';

describe('result views', () => {
  it.each([
    [
      { data: { sum: 3 }, exit_code: 0 },
      { data: { sum: 3 }, exit_code: 0, sum: 3 },
    ],
    [
      { data: { exit_code: 9 }, exit_code: 0 },
      { data: { exit_code: 9 }, exit_code: 0 },
    ],
    [{ stdout: '{"sum":3}\n' }, { stdout: '{"sum":3}\n', sum: 3 }],
    [{ stdout: '{"sum":' }, { stdout: '{"sum":' }],
    [{ stdout: '[1]' }, { stdout: '[1]' }],
    [
      { stdout: '{"a":1}', data: [1] },
      { stdout: '{"a":1}', data: [1] },
    ],
    [null, null],
    ['text', 'text'],
  ])('%j shows as %j', (stored, view) => {
    expect(resultView(stored, 'completed')).toEqual(view);
  });

  it.each([
    [{ stdout: '{"code":1,"open":2}' }, { data: { code: 1, open: 2 } }],
    [{ stdout: '{"open":2}' }, { stdout: '{"open":2}' }],
    [{ stdout: 'code' }, { stdout: 'code' }],
    [{ stdout: ' [{"code":1}, 2]' }, { data: [{ code: 1 }, 2] }],
    [{ stdout: '[{"open":2}]' }, { stdout: '[{"open":2}]' }],
    [{ stdout: '["code"]' }, { stdout: '["code"]' }],
    [{ stdout: '{"code":1' }, { stdout: '{"code":1' }],
    [
      { stdout: '{"code":1}', data: { open: 2 } },
      { stdout: '{"code":1}', data: { open: 2 } },
    ],
  ])('%j with a secret code is stored as %j', (reported, stored) => {
    expect(withSecretOutput(reported, { code: true })).toEqual(stored);
    expect(withSecretOutput(reported, null)).toEqual(reported);
  });

  it('a printed list of secrets is stored as one; other texts stay', () => {
    expect(withSecretOutput({ stdout: '["code"]' }, true)).toEqual({ data: ['code'] });
    for (const stdout of ['[]', '[code', 'null']) expect(withSecretOutput({ stdout }, true)).toEqual({ stdout });
  });

  it('what is declared of an output applies to each element of a list', () => {
    expect(secretOutputTaint({ data: [1, 2] }, { code: true })).toEqual({
      data: { 0: { code: true }, 1: { code: true } },
    });
    expect(secretOutputTaint({ data: {} }, { code: true })).toEqual({ data: { code: true } });
    expect(secretOutputTaint({ data: [1] }, null)).toBeNull();
  });

  it('the view of a cancelled child has cancelled: true', () => {
    expect(resultView(null, 'cancelled')).toEqual({ cancelled: true });
    expect(resultView({ error: 'e' }, 'cancelled')).toEqual({ error: 'e', cancelled: true });
  });

  it('keys of the prototype are data', () => {
    const view = resultView({ stdout: '{"__proto__":{"polluted":true}}' }, 'completed');

    expect((view as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('defaults', () => {
  it.each<[JsonObject | null, JsonObject | null, JsonObject]>([
    [{ a: { type: 'integer', default: 1 }, b: { type: 'string' } }, { b: 'x' }, { a: 1, b: 'x' }],
    [{ a: { default: 1 } }, { a: null }, { a: 1 }],
    [{ a: { default: 1 } }, { a: 0, extra: true }, { a: 0, extra: true }],
    [{ type: 'object', properties: { a: { default: [1] } } }, null, { a: [1] }],
    [{ type: 'object' }, null, {}],
    [{ type: { type: 'string', default: 't' } }, null, { type: 't' }],
    [null, null, {}],
  ])('%j with %j gives %j', (schema, parameters, expected) => {
    expect(withDefaults(schema, parameters)).toEqual(expected);
  });
});

describe.each(MODES)('data, %s', (mode) => {
  const createRun = (tasks: JsonObject[], more: JsonObject = {}) => new WorkflowSimulator(workflow(tasks, more), mode);
  const endingWith =
    (results: Record<string, JsonObject>) =>
    ({ task: name }: { task: string }): ChildOutcome => ({
      status: 'completed',
      result: results[name] ?? null,
    });
  const next = (...publish: (JsonObject | string)[]) => ({ next: [{ publish, do: ['b'] }] });

  it('published values keep their types, and all aliases show them', () => {
    const publish = { n: '{{ result().sum }}', no: false, deep: { list: ['{{ result().flag }}', 'x{{ 1 }}'] } };
    const input = { n: '{{ workflow.n }}', v: '{{ vars.n }}', w: '{{ variables.n }}', bare: '{{ n }}', no: '{{ no }}' };
    const run = createRun([task('a', next(publish, 'raw')), task('b', { input })]);
    run.start();
    run.end('a', { status: 'completed', result: { data: { sum: 3, flag: false } } });

    const view = { data: { sum: 3, flag: false }, sum: 3, flag: false };
    expect(run.state.variables).toEqual({ n: 3, no: false, deep: { list: [false, 'x1'] }, raw: view });
    expect(run.childOf('b').input).toEqual({ n: 3, v: 3, w: 3, bare: 3, no: false });
  });

  it('only the item that cannot be rendered is left out, with a warning', () => {
    const run = createRun([task('a', next({ ok: 1 }, { bad: '{{ result().nope }}' }, { too: 2 })), task('b')]);
    run.start();
    run.end('a', { status: 'completed', result: {} });

    expect(run.state.variables).toEqual({ ok: 1, too: 2 });
    expect(run.log).toContain('WARNING a');
    expect(run.started).toEqual(['a', 'b']);
  });

  it('a later entry sees what an earlier one published', () => {
    const entries = [{ publish: [{ n: 1 }] }, { when: 'workflow.n == 1', publish: [{ m: '{{ n + 1 }}' }] }];
    const run = createRun([task('a', { next: entries })]);
    run.start();
    run.end('a', 'completed');

    expect(run.state.variables).toEqual({ n: 1, m: 2 });
  });

  it('vars are literals', () => {
    const run = createRun([task('a', { input: { x: '{{ workflow.t }}' } })], { vars: { t: '{{ parameters.p }}' } });
    run.start({ p: 1 });

    expect(run.childOf('a').input).toEqual({ x: '{{ parameters.p }}' });
  });

  it("a task's result is read with and without `result`", () => {
    const input = {
      short: '{{ task.a.sum }}',
      long: '{{ task.a.result.sum }}',
      other: '{{ tasks.a.data.sum }}',
      own: '{{ task.o.result }}',
    };
    const run = createRun([task('o', { next: [{ do: ['a'] }] }), task('a', next()), task('b', { input })]);
    run.start();
    run.drain(endingWith({ a: { data: { sum: 3 } }, o: { result: 7 } }));

    expect(run.childOf('b').input).toEqual({ short: 3, long: 3, other: 3, own: 7 });
  });

  it('a task that has not ended cannot be read', () => {
    const run = createRun([task('a', next()), task('slow'), task('b', { input: { x: '{{ task.slow }}' } })]);
    run.start();
    run.end('a', 'completed');

    expect(run.effects).toContainEqual(expect.objectContaining({ type: 'record-undispatched', task: 'b' }));
  });

  it('a view published as a whole survives storage', () => {
    const tasks = [task('a', next({ whole: '{{ task.a }}' })), task('b', { input: { x: '{{ workflow.whole.sum }}' } })];
    const run = createRun(tasks);
    run.start();
    run.end('a', { status: 'completed', result: { sum: 3 } });

    expect(run.state.variables).toEqual({ whole: { sum: 3 } });
    expect(run.childOf('b').input).toEqual({ x: 3 });
  });

  it('config and the start of the workflow are in scope', () => {
    const run = createRun([task('a', { input: { r: '{{ config.region }}', at: '{{ system.workflow_start }}' } })]);
    run.start({}, { region: 'eu' });

    expect(run.childOf('a').input).toEqual({ r: 'eu', at: '1970-01-01T00:00:01.000Z' });
  });

  it.each([[{}], [undefined]])("with input %j the child gets its parent's parameters", (input) => {
    const run = createRun([task('a', input === undefined ? {} : { input })]);
    run.start({ p: 1 });

    expect(run.childOf('a').input).toBeNull();
  });

  it('a child has placement, permissions, limit and retries', () => {
    const more = {
      permission_set_ref: '{{ parameters.set }}',
      worker_selector: { zone: '{{ parameters.zone }}' },
      timeout: 1.5,
      retry: { count: 2 },
    };
    const run = createRun([task('a', more), task('list', { permission_set_refs: ['p.one', '{{ parameters.set }}'] })]);
    run.start({ set: 'p.set', zone: 'b' });

    expect(run.childOf('a')).toMatchObject({
      permissionSetRefs: ['p.set'],
      placement: { worker_selector: { zone: 'b' } },
      timeoutSeconds: 1.5,
      maxRetries: 2,
      triggeredBy: null,
    });
    expect(run.childOf('list').permissionSetRefs).toEqual(['p.one', 'p.set']);
  });

  it('permission sets that are no refs fail the task', () => {
    const run = createRun([task('a', { permission_set_ref: '{{ 7 }}' })]);
    run.start();

    expect(run.finish?.status).toBe('failed');
  });

  describe('output maps', () => {
    const finish = (output_map: JsonObject) => {
      const run = createRun([task('a')], { output_map, vars: { v: [1] } });
      run.start({ p: true });
      return run.drain(endingWith({ a: { sum: 3 } })).finish?.result;
    };

    it('keep types, and read the task that ended last', () => {
      const map = { p: '{{ parameters.p }}', v: '{{ v }}', s: '{{ result().sum }}', t: 'n={{ task.a.result.sum }}' };

      expect(finish(map)).toEqual({ p: true, v: [1], s: 3, t: 'n=3', succeeded: true });
    });

    it('TP-06 leave out entries that cannot be rendered', () => {
      expect(finish({ x: '{{ nope }}', y: 1 })).toEqual({ y: 1, succeeded: true });
      expect(finish({ x: '{{ nope }}' })).toEqual({ succeeded: true });
      expect(finish({ succeeded: '{{ nope }}' })).toEqual({ succeeded: true });
    });

    it('may define succeeded', () => {
      expect(finish({ succeeded: 'almost' })).toEqual({ succeeded: 'almost' });
    });
  });
});
