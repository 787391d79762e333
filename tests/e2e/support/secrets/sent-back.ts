import type { Json, JsonObject } from '../../../../contract/json';
import type { Client } from '../../../../helpers/client/client';
import type { Context } from '../../../../helpers/scenario/context';
import { executionsToBe } from '../../../../helpers/scenario/conditions/event-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { waitForStatus } from '../../../../helpers/scenario/resources/ended-executions';
import { childOf } from '../../../../helpers/scenario/resources/workflow-runs';
import { createQueue, drain } from '../work-queues/queue';

const text = { type: 'string' };
/** What declares the stored value: a secret beside an open text. */
export const SCHEMA = { token: { ...text, secret: true }, open: text };

/** A value that is stored with a secret. */
interface StoredValue {
  /** As it is shown. */
  readonly shown: JsonObject;
  /** Stores this in its place, with another text beside. Returns what is shown then. */
  readonly change: (value: JsonObject) => Promise<Json | undefined>;
  /** What PRINT_VALUE prints of it. */
  readonly received: () => Promise<Json | undefined>;
}

/** Stores the value for an action that declares it as its parameters. */
type Store = (ctx: Context, action: string, value: JsonObject) => Promise<StoredValue>;

/** Prints the open text, and the SHA-256 of the secret as JSON. */
export const PRINT_VALUE = `printf '%s %s' "$open" "$(printf '"%s"' "$token" | sha256sum | cut -d ' ' -f 1)"`;

/** What PRINT_VALUE has printed in the only execution of the action. */
async function onlyOutput({ executions }: Client, action_ref: string): Promise<Json | undefined> {
  const [execution, ...more] = await executions.list({ action_ref });
  expect(more).toEqual([]);
  return outputOf(await executions.get(execution!.id));
}

const outputOf = ({ result }: { readonly result?: Json }): Json | undefined =>
  (result as JsonObject | null | undefined)?.stdout;

/** The same of the action that a rule starts for an event. */
async function outputAfter(ctx: Context, action_ref: string, post: (payload: JsonObject) => Promise<unknown>) {
  await post({});
  await until(executionsToBe('completed', 1, ctx.client, { action_ref }), ctx.deadline);
  return onlyOutput(ctx.client, action_ref);
}

/** Parameters that are taken from a whole value. */
const partsOf = (source: string): JsonObject => ({ token: `{{ ${source}.token }}`, open: `{{ ${source}.open }}` });

/** Each place whose value a change may give back as it was shown. */
export const STORED_IN: Readonly<Record<string, Store>> = {
  'parameters of a rule': async (ctx, action, action_params) => {
    const { rule, post } = await ctx.webhookRule({ action, actionParams: action_params });
    const shown = (await ctx.client.rules.get(rule.ref)).action_params;
    return {
      shown,
      change: async (value) => (await ctx.client.rules.update(rule.ref, { action_params: value })).action_params,
      received: () => outputAfter(ctx, action, post),
    };
  },
  'parameters of a queue': async (ctx, action, action_params) => {
    const { queues } = ctx.client;
    const ref = await createQueue(ctx, action, { action_params });
    return {
      shown: (await queues.get(ref)).action_params,
      change: async (value) => (await queues.update(ref, { action_params: value })).action_params,
      received: async () => {
        await queues.enqueue(ref, { payload: {} });
        await drain(ctx, ref);
        return onlyOutput(ctx.client, action);
      },
    };
  },
  'an item of a queue': async (ctx, action, payload) => {
    const { queues } = ctx.client;
    const ref = await createQueue(ctx, action, { item_schema: SCHEMA, action_params: partsOf('item') });
    const item = await queues.enqueue(ref, { payload });
    return {
      shown: item.payload as JsonObject,
      change: async (value) => (await queues.updateItem(ref, item.id, { payload: value })).payload,
      received: async () => {
        await drain(ctx, ref);
        return onlyOutput(ctx.client, action);
      },
    };
  },
  'the configuration of a pack': async (ctx, action, config) => {
    const { packs } = ctx.client;
    const pack = await ctx.ownPack();
    const shown = (await packs.update(pack, { conf_schema: SCHEMA, config })).config;
    const { post } = await ctx.webhookRule({ action, actionParams: partsOf('pack.config') });
    return {
      shown,
      change: async (value) => (await packs.update(pack, { config: value })).config,
      received: () => outputAfter(ctx, action, post),
    };
  },
  'the input of a task': async (ctx, action, input) => {
    const { workflows, executions } = ctx.client;
    const definitionOf = (value: JsonObject) => ({
      version: '1.0.0',
      tasks: [{ name: 'T', action, input: value }],
    });
    const { ref } = await ctx.workflow(definitionOf(input).tasks);
    const inputOf = ({ definition }: Awaited<ReturnType<typeof workflows.get>>) =>
      (definition.tasks as { input: JsonObject }[])[0]!.input;
    return {
      shown: inputOf(await workflows.get(ref)),
      change: async (value) => inputOf(await workflows.update(ref, { definition: definitionOf(value) })),
      received: async () => {
        const { id } = await executions.execute({ action_ref: ref });
        await waitForStatus(ctx, id);
        return outputOf(await childOf(ctx, id, 'T'));
      },
    };
  },
};
