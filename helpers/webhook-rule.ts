import type { Received } from '../contract/events';
import type { Json, JsonObject } from '../contract/json';
import type { Rule } from '../contract/rules';
import type { Trigger } from '../contract/triggers';
import type { Release } from './cleanup';
import type { Client } from './client/client';

export interface WebhookRuleParts {
  /** Name of an action of the test's pack. */
  readonly action: string;
  /** Criteria; none by default, which every event meets. */
  readonly conditions?: Json;
  readonly actionParams?: JsonObject;
}

/** A webhook, and the rule that its events are put to. */
export interface WebhookRule {
  readonly trigger: Trigger;
  readonly rule: Rule;
  /** Posts one payload to the webhook. */
  post(payload: Json): Promise<Received>;
}

interface Maker {
  readonly client: Client;
  readonly packRef: string;
  name(part: string): string;
  action(name: string): string;
  defer(release: Release): void;
  stop(execution: number): Promise<void>;
}

/** Released last in, first out: the rule is disabled, what it started is stopped, then both are removed. */
export async function makeWebhookRule(maker: Maker, parts: WebhookRuleParts): Promise<WebhookRule> {
  const { client, packRef, defer } = maker;
  const ref = `${packRef}.${maker.name('hook')}`;
  await client.triggers.create({ ref, pack_ref: packRef, label: ref });
  defer(() => client.triggers.remove(ref));
  const trigger = await client.triggers.enableWebhook(ref);
  const key = trigger.webhook_key;
  if (typeof key !== 'string') throw new Error(`enabling the webhook of ${ref} gave no key`);
  const rule = await client.rules.create({
    ref: `${packRef}.${maker.name('rule')}`,
    pack_ref: packRef,
    label: 'rule',
    trigger_ref: ref,
    action_ref: maker.action(parts.action),
    ...(parts.conditions !== undefined && { conditions: parts.conditions }),
    action_params: parts.actionParams ?? {},
  });
  defer(() => client.rules.remove(rule.ref));
  defer(() => stopAll(maker, rule.ref));
  defer(() => client.rules.disable(rule.ref));
  return { trigger, rule, post: (payload) => client.webhooks.post(key, payload) };
}

async function stopAll({ client, stop }: Maker, rule: string): Promise<void> {
  for (const { id } of await client.executions.list({ rule_ref: rule, top_level_only: true })) await stop(id);
}
