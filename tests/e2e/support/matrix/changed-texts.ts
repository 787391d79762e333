import type { Client } from '../../../../helpers/client/client';
import { uploadFixture } from '../../../../helpers/fixtures/fixture-pack';
import { executionsToExist } from '../../../../helpers/scenario/conditions/event-conditions';
import { executionToEnd } from '../../../../helpers/scenario/conditions/execution-conditions';
import { randomName } from '../../../../helpers/scenario/names';
import { until } from '../../../../helpers/scenario/polling';
import { componentOf } from './fixtures';

/** What two callers share: a pack that both may change, and a set that only one holds. */
export interface SharedPack {
  readonly client: Client;
  readonly deadline: number;
  /** For temporary files. */
  readonly scratch: string;
  readonly pack: string;
  readonly set: string;
}

/** Something that runs a program with the set. */
export interface Runnable {
  /** Runs it once. Returns what its program prints, or the error of an attempt that got no set. */
  run(): Promise<string | undefined>;
  /** Changes what it runs, or only its name. */
  change(by: Client): Promise<unknown>;
  rename(by: Client): Promise<unknown>;
}

/** Prints whether the program has a token, which it has only with a permission set. */
const PRINT_TOKEN = 'printf "%s" "${ATTUNE_API_TOKEN:+token}"';

const of = ({ pack }: SharedPack) => componentOf(pack);

async function createProgram(world: SharedPack, sets?: string[], by = world.client): Promise<string> {
  const program = { entrypoint: PRINT_TOKEN, runtime_ref: 'core.shell' };
  const { ref } = await by.actions.create({
    ...of(world),
    ...program,
    ...(sets && { default_execution_permission_set_refs: sets }),
  });
  return ref;
}

/** What the execution prints that is the first of a filter after this start, or its error. */
async function endOfStarted(
  world: SharedPack,
  filter: Parameters<Client['executions']['list']>[0],
  start: () => Promise<unknown>,
): Promise<string | undefined> {
  const { client, deadline } = world;
  const earlier = (await client.executions.list(filter)).length;
  await start();
  const rows = await until(executionsToExist(earlier + 1, client, filter), deadline);
  return readEnd(world, Math.max(...rows.map(({ id }) => id)));
}

async function readEnd({ client, deadline }: SharedPack, id: number): Promise<string | undefined> {
  const { result } = await until(executionToEnd(client, id), deadline);
  const { stdout, data, error } = result as { stdout?: string; data?: string; error?: string };
  return stdout ?? data ?? error?.replace(/'.*'/, '…');
}

const RENAMED = { label: 'Renamed' };

/** The parts of an action that changes in this way, by default its text. */
const ofAction = (ref: string, change = changeText(ref)): Pick<Runnable, 'change' | 'rename'> => ({
  change,
  rename: ({ actions }) => actions.update(ref, RENAMED),
});

const changeText =
  (ref: string): Runnable['change'] =>
  ({ actions }) =>
    actions.update(ref, { entrypoint: `${PRINT_TOKEN}; : ${randomName(4)}` });

const requested =
  (world: SharedPack, action_ref: string, sets?: string[], parameters = {}): Runnable['run'] =>
  async () => {
    const request = { action_ref, parameters, ...(sets && { permission_set_refs: sets }) };
    return readEnd(world, (await world.client.executions.execute(request)).id);
  };

/** A workflow of one task, with the set, which runs this action. */
async function createFlow(world: SharedPack, action: string) {
  const { client, set } = world;
  const definitionOf = (timeout: number) => ({
    version: '1.0.0',
    tasks: [{ name: 'one', action, permission_set_refs: [set], timeout }],
  });
  const { ref } = await client.workflows.create({ ...of(world), version: '1.0.0', definition: definitionOf(60) });
  const runnable: Runnable = {
    run: () => endOfStarted(world, { action_ref: action }, requested(world, ref)),
    change: ({ workflows }) => workflows.update(ref, { definition: definitionOf(90) }),
    rename: ({ workflows }) => workflows.update(ref, RENAMED),
  };
  return runnable;
}

/** A rule with the set, or with this action in its place, which a webhook fires. */
async function createRule(world: SharedPack, action?: string) {
  const { client, set } = world;
  const trigger = await client.triggers.create(of(world));
  const { webhook_key } = await client.triggers.enableWebhook(trigger.ref);
  const on = { action_ref: action ?? (await createProgram(world)), trigger_ref: trigger.ref };
  const sets = action === undefined && { permission_set_refs: [set] };
  const { ref } = await client.rules.create({ ...of(world), ...on, ...sets });
  return {
    ref,
    trigger: trigger.ref,
    run: () => endOfStarted(world, { rule_ref: ref }, () => client.webhooks.post(webhook_key!, {})),
    rename: ({ rules }: Client) => rules.update(ref, RENAMED),
  };
}

type RulePart = (trigger: string) => Parameters<Client['rules']['update']>[1];

/** Parts of a rule that decide what it runs, and when. */
const RULE_PARTS = {
  parameters: () => ({ action_params: { to: randomName(4) } }),
  conditions: () => ({ conditions: { expression: `event.payload != "${randomName(4)}"` } }),
  trigger: (trigger) => ({ trigger_ref: trigger }),
} satisfies Record<string, RulePart>;

const ofRule =
  (part: keyof typeof RULE_PARTS) =>
  async (world: SharedPack): Promise<Runnable> => {
    const rule = await createRule(world);
    return { ...rule, change: ({ rules }) => rules.update(rule.ref, RULE_PARTS[part](rule.trigger)) };
  };

/** A rule whose action has the set, except while this part of the rule is changed. */
const withSetBeforeAndAfter =
  (part: keyof typeof RULE_PARTS) =>
  async (world: SharedPack): Promise<Runnable> => {
    const { client, set } = world;
    const action = await createProgram(world, [set]);
    const rule = await createRule(world, action);
    const give = (sets: string[]) => client.actions.update(action, { default_execution_permission_set_refs: sets });
    return {
      ...rule,
      change: async ({ rules }) => {
        await give([]);
        await rules.update(rule.ref, RULE_PARTS[part](rule.trigger));
        await give([set]);
      },
    };
  };

/** A queue that starts this action, with these sets. */
async function createQueue(world: SharedPack, action: () => string, sets?: string[]) {
  const { client } = world;
  const { ref } = await client.queues.create({
    ref: `q-${randomName(8)}`,
    label: 'queue',
    dispatch_action_ref: action(),
    ...(sets && { permission_set_refs: sets }),
  });
  return {
    ref,
    run: () => endOfStarted(world, { action_ref: action() }, () => client.queues.enqueue(ref, { payload: {} })),
    rename: ({ queues }: Client) => queues.update(ref, RENAMED),
  };
}

type QueuePart = (action: string) => Parameters<Client['queues']['update']>[1];

/** A queue whose action has the set, except while this part of the queue is changed. */
const ofQueueBeforeSet =
  (part: QueuePart) =>
  async (world: SharedPack): Promise<Runnable> => {
    const { client, set } = world;
    const action = await createProgram(world, [set]);
    const queue = await createQueue(world, () => action);
    const give = (sets: string[]) => client.actions.update(action, { default_execution_permission_set_refs: sets });
    return {
      ...queue,
      change: async ({ queues }) => {
        await give([]);
        await queues.update(queue.ref, part(action));
        await give([set]);
      },
    };
  };

/** Everything that runs with a set, created by somebody who holds it. */
export const RUNNABLES: Readonly<Record<string, (world: SharedPack) => Promise<Runnable>>> = {
  'an action with the set of a request': async (world) => {
    const ref = await createProgram(world);
    return { run: requested(world, ref, [world.set]), ...ofAction(ref) };
  },
  'the schema of an action with the set of a request': async (world) => {
    const ref = await createProgram(world);
    const change = ({ actions }: Client) => actions.update(ref, { param_schema: { word: { default: randomName(4) } } });
    return { run: requested(world, ref, [world.set]), ...ofAction(ref, change) };
  },
  'an action with its own set': async (world) => {
    const ref = await createProgram(world, [world.set]);
    return { run: requested(world, ref), ...ofAction(ref) };
  },
  'an action of a task with a set': async (world) => {
    const ref = await createProgram(world);
    return { ...(await createFlow(world, ref)), ...ofAction(ref) };
  },
  'an action of a file with the set of a request': async (world) => {
    const { client, scratch, set } = world;
    const { ref } = await uploadFixture(client, 'e2e-values', `f-${randomName(8)}`, scratch);
    await client.packs.update(ref, { is_standard: true });
    const encoded = Buffer.from('"token"').toString('base64');
    return {
      run: requested(world, `${ref}.print-json`, [set], { encoded }),
      change: (by) => uploadFixture(by, 'e2e-values', ref, scratch, { force: true }),
      rename: ({ packs }) => packs.update(ref, RENAMED),
    };
  },
  'a workflow with a set': async (world) => createFlow(world, await createProgram(world)),
  'the parameters of a rule with a set': ofRule('parameters'),
  'the conditions of a rule with a set': ofRule('conditions'),
  'the trigger of a rule with a set': ofRule('trigger'),
  'the parameters of a rule before its action has a set': withSetBeforeAndAfter('parameters'),
  'the conditions of a rule before its action has a set': withSetBeforeAndAfter('conditions'),
  'the trigger of a rule before its action has a set': withSetBeforeAndAfter('trigger'),
  'the action of a rule with a set': async (world) => {
    const rule = await createRule(world);
    return {
      ...rule,
      change: async (by) => by.rules.update(rule.ref, { action_ref: await createProgram(world, undefined, by) }),
    };
  },
  'the action of a queue with a set': async (world) => {
    let action_ref = await createProgram(world);
    const { ref, ...queue } = await createQueue(world, () => action_ref, [world.set]);
    return {
      ...queue,
      change: async (by) => {
        const next = await createProgram(world, undefined, by);
        await by.queues.update(ref, { dispatch_action_ref: next });
        action_ref = next;
      },
    };
  },
  'the parameters of a queue before its action has a set': ofQueueBeforeSet(() => ({
    action_params: { to: randomName(4) },
  })),
  'the action of a queue before it has a set': ofQueueBeforeSet((action) => ({ dispatch_action_ref: action })),
};
