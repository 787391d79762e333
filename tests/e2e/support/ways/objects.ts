import type { TimeContext } from '../../../../helpers/scenario/claim';
import { ownedByAction, ownedByPack, storeKey } from '../../../../helpers/scenario/resources/stored-keys';
import { createTestUser } from '../../../../helpers/scenario/resources/test-users';
import {
  createWorkflow,
  onFailure,
  onSuccess,
  type AnyTask,
} from '../../../../helpers/scenario/resources/workflow-task';
import { KEEP_TOKEN, PARAMETERS, WITNESS } from './witness';

/**
 * The seconds of the limits; each way has another one, so that a token's lifetime names its limit.
 */
export const LIMITS = { action: 70, request: 50, task: 60 } as const;

/** Seconds until the timer fires, and until the paused workflow retries its task. */
export const PAUSE_SECONDS = 2;

const SECRET = '{{ parameters.secret }}';

/** What is created before anything is executed. */
export type Objects = Awaited<ReturnType<typeof createObjects>>;

/**
 * The actions, by their names in the table. Both are of the pack, and the ref of the witness does
 * not begin with the pack's.
 */
async function createActions({ client, name }: TimeContext, pack_ref: string) {
  const action = { pack_ref, runtime_ref: 'core.shell', timeout_seconds: LIMITS.action };
  const witness = { ref: `${name('away')}.witness`, label: 'witness', entrypoint: WITNESS, param_schema: PARAMETERS };
  const holder = { ref: `${pack_ref}.holder`, label: 'holder', entrypoint: KEEP_TOKEN };
  const sets = { default_execution_permission_set_refs: ['core.viewer'] };
  await Promise.all([
    client.actions.create({ ...action, ...witness, ...sets }),
    client.actions.create({ ...action, ...holder }),
  ]);
  return { witness: witness.ref, holder: holder.ref };
}

/**
 * The parameters that each way gives its execution. `given`: its name, or an expression for it.
 */
export const parametersOf = (given: string) => ({ given, empty: null, context: contextOf(given) });

/** Each entry becomes a variable: a text as it is, anything else as JSON. */
export const contextOf = (given: string) => ({ way: given, 'of-more': { n: [1, null], on: false } });

/** A reference to the stored key, which a process receives in its place. */
export const connectionOf = (pack: string) => ({ $connection: `${pack}.stored` });

/** A task that runs the witness. Its `given` is its name. */
const witnessTask = (pack: string, action: string, name: string, more: object = {}) => ({
  name,
  action,
  input: { ...parametersOf(name), secret: SECRET, connected: connectionOf(pack), ...more },
});

/** What a task of the workflow names besides its action. */
export const OF_TASK = {
  permission_set_refs: ['core.executor'],
  timeout: LIMITS.task,
  worker_tolerations: [{ key: 'e2e-task', operator: 'exists' }],
  worker_affinity: { node_affinity: {} },
};

/** Tasks of every kind. Each but the first one follows the first one. */
function flowTasks(ctx: TimeContext, pack: string, action: string): AnyTask[] {
  const witness = (name: string, more?: object) => ({ ...witnessTask(pack, action, name, more), ...OF_TASK });
  const again = {
    when: '{{ workflow.rounds < 2 }}',
    publish: [{ rounds: '{{ workflow.rounds + 1 }}' }],
    do: ['again'],
  };
  const items = '{{ [keystore.stored, parameters.secret] }}';
  const fails = { fails: true, marker: `{{ parameters.given }}-${ctx.nonce}` };
  const names = ['each', 'flaky', 'both', 'nested', 'quick', 'broken', 'again'];
  return [
    { ...witness('first'), next: [onSuccess(...names)] },
    { ...witness('each', { secret: 'before {{ item }} after' }), with_items: items },
    { ...witness('flaky', fails), retry: { count: 1, delay: 0 } },
    { name: 'both', type: 'parallel', tasks: [witness('sub')] },
    { name: 'nested', action: `${pack}.inner`, input: witnessTask(pack, action, 'nested').input },
    { name: 'quick', action: `${pack}.quick`, input: parametersOf('quick') },
    { name: 'broken', action: `${pack}.broken`, input: parametersOf('broken'), next: [onFailure('none')] },
    { ...witness('again'), next: [again] },
    { ...witness('none'), with_items: '{{ [] }}' },
  ];
}

async function createWorkflows(ctx: TimeContext, pack: string, action: string) {
  const { client } = ctx;
  const create = (name: string, tasks: AnyTask[], parts = {}) =>
    createWorkflow(client, pack, tasks, { name, ...parts });
  const parameters = { parameters: PARAMETERS };
  const fails = { fails: true, marker: `late-${ctx.nonce}` };
  await Promise.all([
    create('inner', [{ name: 'inner', action }], parameters),
    create('quick', [{ name: 'noop', action: 'core.noop', input: { message: 'quick' } }]),
    create('broken', [
      { name: 'before', action: 'core.noop', input: { message: 'before' }, next: [onSuccess('bad', 'gone')] },
      { name: 'bad', action, input: { given: '{{ 1 / 0 }}' } },
      { name: 'gone', action: `${pack}.gone` },
    ]),
    create('flow', flowTasks(ctx, pack, action), { ...parameters, vars: { rounds: 1 } }),
    create('paused', [
      {
        ...witnessTask(pack, action, 'late', { secret: '{{ keystore.stored }}', ...fails }),
        retry: { count: 1, delay: PAUSE_SECONDS },
      },
    ]),
  ]);
}

/** A trigger with two rules, and a queue, of another identity than that of the requests. */
async function createCauses({ client, name }: TimeContext, pack_ref: string, witness: string) {
  const connected = connectionOf(pack_ref);
  const parameters = { ...parametersOf('{{ event.payload.given }}'), empty: '{{ event.payload.no }}' };
  const action_params = { ...parameters, secret: 'before {{ keystore.stored }} after', connected };
  const ref = `${pack_ref}.trigger`;
  await client.triggers.create({ ref, pack_ref, label: 'trigger' });
  const { webhook_key: webhook } = await client.triggers.enableWebhook(ref);
  const rule = (label: string, action_ref: string, more: object) =>
    client.rules.create({
      ref: `${pack_ref}.${label}`,
      pack_ref,
      label,
      action_ref,
      trigger_ref: ref,
      action_params,
      ...more,
    });
  const only = (text: string) => ({ conditions: { expression: `event.payload.rule == '${text}'` } });
  const moved = await rule('moved', `${pack_ref}.holder`, { trigger_ref: 'core.alert', action_params: {} });
  const now = { trigger_ref: ref, action_ref: witness, action_params, permission_set_refs: ['core.editor'] };
  const [queue, { owner_identity: admin }] = await Promise.all([
    client.queues.create({
      ref: name('queue'),
      label: 'queue',
      dispatch_action_ref: witness,
      permission_set_refs: ['standard'],
      action_params: { ...parametersOf('{{ item.given }}'), item: '{{ queue_item.id }}' },
    }),
    rule('rule', witness, { ...only('rule'), permission_set_refs: ['core.editor'] }),
    client.rules.update(moved.ref, { ...now, ...only('moved') }),
    rule('flow-rule', `${pack_ref}.flow`, only('flow')),
    rule('rejected', witness, {
      ...only('rejected'),
      action_params: { ...parameters, marker: '{{ keystore.stored }}' }, // which is no secret parameter
    }),
  ]);
  return { webhook: webhook!, trigger: ref, queue: queue.ref, admin: admin! };
}

/** A timer of the same identity, which fires at this instant. */
export const createTimer = ({ client }: TimeContext, { pack, witness }: Objects, fire_at: string) =>
  client.rules.create({
    ref: `${pack}.timer`,
    pack_ref: pack,
    label: 'timer',
    trigger_ref: 'core.datetimetimer',
    action_ref: witness,
    trigger_params: { fire_at },
    action_params: {
      ...parametersOf('timer'),
      empty: '{{ event.payload.no }}',
      secret: '{{ keystore.stored }}',
      connected: connectionOf(pack),
    },
  });

export async function createObjects(ctx: TimeContext) {
  const pack = await ctx.ownPack();
  const user = await createTestUser(ctx, 'core.admin');
  const { witness, holder } = await createActions(ctx, pack);
  const { client } = ctx;
  const stored = { ref: `${pack}.stored`, name: 'stored', value: `${ctx.nonce}-stored` };
  await storeKey(ctx, { ...stored, ...ownedByPack(pack) });
  const injected = { ref: ctx.name('injected'), name: 'injected', value: `${ctx.nonce}-injected` };
  await storeKey(ctx, { ...injected, ...ownedByAction(ctx, witness) });
  await createWorkflows(ctx, pack, witness);
  const causes = await createCauses(ctx, pack, witness);
  await client.keys.update(stored.ref, { value: stored.value, encrypted: true }); // a rule that uses it is rejected later
  ctx.defer(() => client.queues.remove(causes.queue));
  const actions = new Map((await client.actions.list()).map(({ ref, id }) => [ref, id]));
  return { pack, user, holder, witness, actions, ...causes };
}
