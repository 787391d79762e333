import type { JsonObject } from '../../../../contract/json';
import type { Context } from '../../../../helpers/scenario/claim';
import { executionsToBe } from '../../../../helpers/scenario/conditions/event-conditions';
import { executionToEnd, logToEnd } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { outputOf } from '../../../../helpers/scenario/resources/output-of';
import { createScriptAction } from '../../../../helpers/scenario/resources/script-action';
import type { Parameters } from '../../../../helpers/scenario/resources/workflow-task';

/** Prints each secret that it is given, and the word, on both streams, and fails. */
const LEAK = `for stream in 1 2; do
  printf '%s %s %s %s %s %s\\n' "$word" "$system_secret_text" "$pack_secret_object" "$pack_secret_list" "$action_secret_text" "$word" >&$stream
done
exit 3`;

/** A pack whose actions get secrets, and where their values may appear. */
export interface SecretPaths {
  readonly pack: string;
  readonly action: string;
  /**
   * Runs a secret through every path: those of the workflow, the rule, and an action of the
   * platform itself. Returns the executions that have ended, in this order.
   */
  run(): Promise<number[]>;
}

/** By each way in which an expression takes a secret to a parameter that is declared secret. */
const waysOf = (action: string, input: (label: string) => JsonObject, leak: string, word: string): Parameters[] => [
  { name: 'whole', action, input: { ...input('whole'), copies: '{{ keystore.pack_secret_text }}' } },
  { name: 'around', action, input: { ...input('around'), copies: 'Bearer {{ keystore.system_secret_text }}!' } },
  { name: 'nested', action, input: { ...input('nested'), copies: { in: ['{{ keystore.pack_secret_object }}'] } } },
  {
    name: 'items',
    action,
    with_items: '{{ keystore.pack_secret_list }}',
    input: { ...input('items'), copies: '{{ item }}' },
  },
  { name: 'leak', action: leak, input: { word } },
];

/** Creates a pack with a workflow, a rule and an action that prints what it is given. */
export async function createSecretPaths(ctx: Context, word: string): Promise<SecretPaths> {
  const { client, ledger, name } = ctx;
  const { ref: pack } = await ctx.ownCopy('e2e');
  const action = `${pack}.save-params`;
  const input = (label: string) => ({ key: label, ledger: ledger.path });
  const leak = await createScriptAction(ctx, pack, LEAK);
  const tasks = waysOf(action, input, leak, word);
  const ref = `${pack}.${name('flow')}`;
  const definition = { version: '1.0.0', tasks };
  await client.workflows.create({ ref, pack_ref: pack, label: word, version: '1.0.0', definition });
  const trigger_ref = `${pack}.${name('hook')}`;
  await client.triggers.create({ ref: trigger_ref, pack_ref: pack, label: word });
  const { webhook_key: key } = await client.triggers.enableWebhook(trigger_ref);
  const action_params = { ...input('rule'), copies: '{{ keystore.pack_secret_text }}' };
  const rule = `${pack}.${name('rule')}`;
  await client.rules.create({ ref: rule, pack_ref: pack, label: word, trigger_ref, action_ref: action, action_params });
  return {
    pack,
    action: leak,
    run: async () => {
      const { id } = await client.executions.execute({ action_ref: ref });
      const message = { $connection: `${ctx.nonce}.pack_secret_text` };
      const echo = await client.executions.execute({ action_ref: 'core.echo', parameters: { message } });
      await client.webhooks.post(key!, { word });
      const [fired] = await until(executionsToBe('completed', 1, client, { rule_ref: rule }), ctx.deadline);
      for (const each of [id, echo.id]) await until(executionToEnd(client, each), ctx.deadline);
      return [id, ...(await client.executions.children(id)).map((child) => child.id), fired!.id, echo.id];
    },
  };
}

/** Everything that the API shows of these executions, and of what started them. */
export async function recordsOf(ctx: Context, pack: string, ids: readonly number[]) {
  const { client } = ctx;
  const [root = 0, ...programs] = ids;
  const of = <T>(read: (id: number) => Promise<T>): Promise<T[]> => Promise.all(ids.map(read));
  const [event] = await client.events.list({});
  const [enforcement] = await client.enforcements.list({});
  return {
    executions: await of((id) => client.executions.get(id)),
    history: await of((id) => client.history.ofExecution(id)),
    stdout: await Promise.all(programs.map((id) => outputOf(ctx, id, 'stdout'))),
    stderr: await Promise.all(programs.map((id) => outputOf(ctx, id, 'stderr'))),
    log: await until(logToEnd(client, root), ctx.deadline),
    trees: await of((id) => client.executions.tree(id)),
    event: await client.events.get(event!.id),
    enforcement: await client.enforcements.get(enforcement!.id),
    workflows: await Promise.all((await client.packs.workflows(pack)).map(({ ref }) => client.workflows.get(ref))),
    rules: await client.packs.rules(pack),
    keys: await client.keys.list(),
    audit: await client.auditEvents.list({}),
  };
}
