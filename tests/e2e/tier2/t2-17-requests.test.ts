// Spec: what a request leaves out, repeats or conditions has exactly the declared effect.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { executionToBe, logToEnd } from '../../../helpers/scenario/conditions/execution-conditions';
import { parseInstant } from '../../../helpers/instant';
import { stays, until } from '../../../helpers/scenario/polling';
import { receivedByTask, receivedJson } from '../../../helpers/scenario/resources/encoded-input';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { onSuccess, task, type Parameters } from '../../../helpers/scenario/resources/workflow-task';
import { attemptsOf, childOf, runsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['core', 'ledger.shared'];

const complete = (ctx: Context, id: number) => until(executionToBe('completed', ctx.client, id), ctx.deadline);

/** Of the action `encode-defaults-stdin-json`. */
const REQUESTED = { given: 'here', empty: null, zero: 0, no: false, blank: '', extra: 'kept' };
const RECEIVED = { ...REQUESTED, missing: 'by default', empty: [1, { a: null }] };

claim('T2.17a', NEEDS, 'an action has a default for each parameter that is missing or null', async (ctx) => {
  await ctx.pack('e2e-values');
  const action = ctx.action('encode-defaults-stdin-json');
  const { rule, post } = await ctx.webhookRule({
    action,
    actionParams: { ...REQUESTED, empty: '{{ event.payload.no }}' },
  });

  const { id } = await ctx.client.executions.execute({ action_ref: action, parameters: REQUESTED });
  const flow = await startWorkflow(ctx, [{ name: 'T', action, input: REQUESTED }]);
  await post({});

  const [ofRule] = await until(executionsToBe('completed', 1, ctx.client, { rule_ref: rule.ref }), ctx.deadline);
  const executions = [await complete(ctx, id), await ctx.client.executions.get(ofRule!.id)];
  await complete(ctx, flow);
  expect(executions.map(receivedJson)).toStrictEqual([RECEIVED, RECEIVED]);
  expect(await receivedByTask(ctx, flow, 'T')).toStrictEqual(RECEIVED);
  const configs = [...executions, await childOf(ctx, flow, 'T')].map(({ config }) => config);
  expect(configs).toStrictEqual([REQUESTED, REQUESTED, REQUESTED]); // as requested
});

/** Prints its variable, and fails at the first attempt. */
const PRINT_VARIABLE = `printf '%s' "\${E2E_TEXT-none}"; [ -e "$ATTUNE_ARTIFACTS_DIR/$key" ] || {
  : >"$ATTUNE_ARTIFACTS_DIR/$key"; exit 1
}`;

claim('T2.17b', [...NEEDS, 'workflows.retry'], 'variables of a request reach each process below it', async (ctx) => {
  const print = await createScriptAction(ctx, await ctx.ownPack(), PRINT_VARIABLE);
  const input = { key: ctx.nonce };
  const inner = await ctx.workflow([{ name: 'T', action: print, input, retry: { count: 1, delay: 0 } }], {
    name: 'inner',
  });
  const { ref } = await ctx.workflow([{ name: 'nested', action: inner.ref }]);
  const env_vars = { E2E_TEXT: `two words, $HOME and 'quotes' ${ctx.nonce}` };
  const outputsOf = async (id: number) => {
    await complete(ctx, id);
    const attempts = await attemptsOf(ctx, (await childOf(ctx, id, 'nested')).id, 'T');
    const ended = await Promise.all(attempts.map((attempt) => ctx.client.executions.get(attempt.id)));
    return ended.map(({ result }) => (result as Parameters).stdout);
  };

  const { id } = await ctx.client.executions.execute({ action_ref: ref, env_vars });
  const outputs = await outputsOf(id);
  const other = await ctx.client.executions.execute({ action_ref: ref });

  expect(outputs).toEqual(Array(2).fill(env_vars.E2E_TEXT));
  expect(await outputsOf(other.id)).toEqual(['none']);
});

const REPEATED = [...NEEDS, 'executions.idempotency_key'];

claim('T2.17c', REPEATED, 'a request that is repeated with its key is done once', async (ctx) => {
  await ctx.pack('e2e');
  const { executions } = ctx.client;
  const action_ref = ctx.action('append-ledger');
  const { rule, post } = await ctx.webhookRule({ action: action_ref, actionParams: ctx.ledgerInput('event') });
  const [first, second] = [{ idempotencyKey: ctx.name('first') }, { idempotencyKey: ctx.name('second') }];
  const parameters = ctx.ledgerInput('run');
  const execute = (options: typeof first) => executions.execute({ action_ref, parameters }, options);

  const [run, same] = await Promise.all([execute(first), execute(first)]);
  await complete(ctx, run.id);
  const again = await execute(first);
  const other = await execute(second);
  const rejection = executions.execute({ action_ref, parameters: { ...parameters, more: 1 } }, first);
  await expect(rejection).rejects.toMatchObject({ status: 409 });
  const event = await post({ n: 1 }, first);
  const repeated = await post({ n: 1 }, first);
  await expect(post({ n: 2 }, first)).rejects.toMatchObject({ status: 409 });
  const next = await post({ n: 2 }, second);

  expect([same, again]).toEqual([run, run]);
  expect(other.id).not.toBe(run.id);
  expect(repeated).toEqual(event);
  expect(next.event_id).not.toBe(event.event_id);
  const fence = executionsToBe('completed', 2, ctx.client, { rule_ref: rule.ref });
  await complete(ctx, other.id);
  const counts = () => ({ run: runsOf(ctx, 'run'), event: runsOf(ctx, 'event') });
  await stays(counts, { run: 2, event: 2 }, fence, ctx.quietMs, ctx.deadline);
});

const CONDITIONAL = [...NEEDS, 'keys.compare_and_set'];

claim('T2.17d', CONDITIONAL, 'a write to another version of a key changes nothing', async (ctx) => {
  const { keys } = ctx.client;
  const ref = ctx.name('k');
  // a key of `system` or of a shared pack would be a parameter of other executions meanwhile
  const key = { ref, name: ref, owner_type: 'pack', owner_pack_ref: await ctx.ownPack() } as const;
  const { version } = await keys.create({ ...key, value: 0 });
  ctx.defer(() => keys.removeIfExists(ref));

  const writes = await Promise.allSettled(
    [1, 2, 3, 4].map((value) => keys.update(ref, { value, if_version: version! })),
  );
  const stored = await keys.get(ref);
  const stale = keys.update(ref, { value: 'stale', name: 'stale', if_version: version! });
  await expect(stale).rejects.toMatchObject({ status: 409, message: expect.any(String) as string });

  const written = writes.flatMap((write) => (write.status === 'fulfilled' ? [write.value] : []));
  const rejected = writes.flatMap((write) => (write.status === 'rejected' ? [write.reason as unknown] : []));
  expect(written).toEqual([stored]);
  expect(rejected).toMatchObject(Array(3).fill({ status: 409 }));
  expect([version, stored.version]).toEqual([1, 2]);
  expect(await keys.get(ref)).toEqual(stored);
  const last = await keys.update(ref, { value: 'last', if_version: 2 });
  expect([last.value, last.version, last.name]).toEqual(['last', 3, ref]);
});

claim('T2.17e', [...NEEDS, 'events.causation'], 'one correlation finds all that an event caused', async (ctx) => {
  await ctx.pack('e2e');
  const echo = { name: 'T', action: 'core.noop' };
  const inner = await ctx.workflow([echo], { name: 'inner' });
  const { ref: action } = await ctx.workflow([
    { name: 'nested', action: inner.ref },
    { ...echo, name: 'beside' },
  ]);
  const { rule, post } = await ctx.webhookRule({ action });

  const events = [await post({}), await post({})];
  const roots = { rule_ref: rule.ref, top_level_only: true };
  const ended = await until(executionsToBe('completed', 2, ctx.client, roots), ctx.deadline);

  const found = await Promise.all(
    events.map(async ({ event_id }) => {
      const { correlation_id } = await ctx.client.events.get(event_id);
      return ctx.client.executions.list({ correlation_id: correlation_id! });
    }),
  );
  const refs = [action, inner.ref, 'core.noop', 'core.noop'].sort();
  expect(found.map((rows) => rows.map(({ action_ref }) => action_ref).sort())).toEqual([refs, refs]);
  expect(found.map((rows) => new Set(rows.map(({ enforcement }) => enforcement)).size)).toEqual([1, 1]);
  const ids = found.map((rows) => rows.map(({ id }) => id));
  expect(new Set(ids.flat()).size).toBe(8);
  const owners = ended.map(({ id }) => ids.findIndex((own) => own.includes(id)));
  expect(owners.sort()).toEqual([0, 1]);
});

const LOGGED = [...NEEDS, 'executions.log', 'workflows.retry', 'workflows.failure_branches'];

claim('T2.17f', LOGGED, 'the log of a workflow has each step once, in order', async (ctx) => {
  await ctx.pack('e2e');
  const input = { key: ctx.ledgerInput('F').key, ledger: ctx.ledger.path, n: 1 };
  const failing = { name: 'F', action: ctx.action('fail-n-times'), input, retry: { count: 1 } };
  const id = await startWorkflow(ctx, [
    { ...failing, next: [onSuccess('S', 'X')] },
    { name: 'S', action: 'core.noop', when: '{{ false }}' },
    task(ctx, 'X', 'exit-with', { code: 3 }),
  ]);
  await until(executionToBe('failed', ctx.client, id), ctx.deadline);

  const entries = await until(logToEnd(ctx.client, id), ctx.deadline);

  const children = await Promise.all(
    (await ctx.client.executions.children(id)).map((child) => ctx.client.executions.get(child.id)),
  );
  const [first, second, last] = children.map((child) => child.id);
  expect(entries.map(({ execution, type, payload }) => [execution, type, payload])).toEqual([
    [id, 'EXECUTION_STARTED', {}],
    [id, 'STEP_STARTED', { task: 'F' }],
    [first, 'AGENT_INVOKED', { attempt: 1 }],
    [first, 'AGENT_RESPONSE', { status: 'failed', exit_code: 1, error: 'attempt 1\n' }],
    [id, 'STEP_RETRIED', { task: 'F', retry: 1, reason: 'failed', delay_ms: 0 }],
    [second, 'AGENT_INVOKED', { attempt: 1 }],
    [second, 'AGENT_RESPONSE', { status: 'completed', exit_code: 0 }],
    [id, 'STEP_COMPLETED', { task: 'F' }],
    [id, 'STEP_SKIPPED', { task: 'S', reason: 'when' }],
    [id, 'STEP_STARTED', { task: 'X' }],
    [last, 'AGENT_INVOKED', { attempt: 1 }],
    [last, 'AGENT_RESPONSE', { status: 'failed', exit_code: 3, error: 'Command exited with code 3' }],
    [id, 'STEP_FAILED', { task: 'X', status: 'failed' }],
    [id, 'EXECUTION_FAILED', { error: 'Workflow failed: 1 task(s) failed: X' }],
  ]);
  const workers = new Map(children.map((child) => [child.id, child.worker]));
  expect(entries.map(({ worker }) => worker)).toEqual(entries.map(({ execution }) => workers.get(execution) ?? null));
  expect(new Set(entries.map(({ root }) => root))).toEqual(new Set([id]));
  const instants = entries.map((entry) => parseInstant(entry.created_at));
  expect(instants).toEqual([...instants].sort((a, b) => a - b));
  const ofChild = await ctx.client.executions.log(first!);
  expect(ofChild).toEqual(entries.filter(({ execution }) => execution === first));
});

const CREDENTIALS = [...NEEDS, 'keys.from_actions', 'runtimes.node', 'rbac'];

claim('T2.17g', CREDENTIALS, 'an execution that an action requests is its child', async (ctx) => {
  await ctx.pack('e2e-api');
  await ctx.pack('e2e');
  const request = { action_ref: ctx.action('append-ledger'), parameters: ctx.ledgerInput('requested') };
  const run = async (sets?: string[]) => {
    const execute = { action_ref: ctx.action('execute-action'), parameters: request };
    const { id } = await ctx.client.executions.execute({ ...execute, ...(sets && { permission_set_refs: sets }) });
    const { result, executor } = await complete(ctx, id);
    return { caller: id, executor, ...(result as { data: { status: number; id: number } }).data };
  };

  const denied = await run(['core.viewer']);
  const requested = await run();

  const ended = await complete(ctx, requested.id);
  expect([denied.status, requested.status]).toEqual([403, 201]);
  expect(ended).toMatchObject({ parent: requested.caller, executor: requested.executor, config: request.parameters });
  const children = await Promise.all([denied, requested].map(({ caller }) => ctx.client.executions.children(caller)));
  expect(children.map((rows) => rows.map(({ id }) => id))).toEqual([[], [requested.id]]);
  expect(runsOf(ctx, 'requested')).toBe(1);
});
