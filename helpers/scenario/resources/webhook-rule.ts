import type { WebhookReceipt } from '../../../contract/events';
import type { Json, JsonObject } from '../../../contract/json';
import type { Rule } from '../../../contract/rules';
import { isTerminal } from '../../../contract/status';
import type { Trigger } from '../../../contract/triggers';
import type { ReleaseFunction } from '../cleanup';
import type { CallOptions } from '../../client/call';
import type { Client } from '../../client/client';
import { cancelAndWait } from '../cancel-execution';

export interface RuleParts {
  /** The action or workflow that the rule starts. */
  readonly action: string;
  /** Criteria; without any, every event matches. */
  readonly conditions?: Json;
  readonly actionParams?: JsonObject;
  /** Default: true. */
  readonly enabled?: boolean;
}

/** A webhook trigger and its first rule. */
export interface WebhookRule {
  readonly trigger: Trigger;
  readonly rule: Rule;
  /** Posts one payload to the webhook. */
  post(payload: Json, options?: CallOptions): Promise<WebhookReceipt>;
}

interface WebhookRuleContext {
  readonly client: Client;
  readonly packRef: string;
  name(part: string): string;
  defer(release: ReleaseFunction): void;
}

/**
 * Creates a webhook trigger and its rule; `action` is a ref. Cleanup disables the rule, cancels
 * its executions, and removes both.
 */
export async function createWebhookRule(context: WebhookRuleContext, parts: RuleParts): Promise<WebhookRule> {
  const { client, packRef, defer } = context;
  const ref = `${packRef}.${context.name('hook')}`;
  await client.triggers.create({ ref, pack_ref: packRef, label: ref });
  defer(() => client.triggers.remove(ref));
  const trigger = await client.triggers.enableWebhook(ref);
  const key = trigger.webhook_key;
  if (typeof key !== 'string') throw new Error(`enabling the webhook of ${ref} returned no webhook_key`);
  const rule = await createRule(context, trigger, parts);
  return { trigger, rule, post: (payload, options) => client.webhooks.post(key, payload, options) };
}

/** Creates another rule on the trigger, with the same cleanup; `action` is a ref. */
export async function createRule(
  { client, packRef, name, defer }: WebhookRuleContext,
  { ref: trigger_ref }: Pick<Trigger, 'ref'>,
  { action, conditions, actionParams = {}, enabled = true }: RuleParts,
): Promise<Rule> {
  const rule = await client.rules.create({
    ref: `${packRef}.${name('rule')}`,
    pack_ref: packRef,
    label: 'rule',
    trigger_ref,
    action_ref: action,
    action_params: actionParams,
    ...(conditions !== undefined && { conditions }),
    ...(!enabled && { enabled }),
  });
  defer(() => client.rules.remove(rule.ref));
  defer(() => cancelExecutions(client, rule.ref));
  defer(() => client.rules.disable(rule.ref));
  return rule;
}

async function cancelExecutions(client: Client, rule: string): Promise<void> {
  const executions = await client.executions.list({ rule_ref: rule, top_level_only: true });
  for (const { id, status } of executions) if (!isTerminal(status)) await cancelAndWait(client, id);
}
