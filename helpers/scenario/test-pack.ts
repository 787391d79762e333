import { join } from 'node:path';
import type { Rule } from '../../contract/rules';
import type { Workflow } from '../../contract/workflows';
import type { Client } from '../client/client';
import { hasAction, uploadFixture } from '../fixtures/fixture-pack';
import { sharedPack, type FixtureCopy } from '../fixtures/shared-pack';
import type { RunFacts } from '../target/run-facts';
import type { ReleaseFunction } from './cleanup';
import { createRule, createWebhookRule, type RuleParts, type WebhookRule } from './resources/webhook-rule';
import { createWorkflow, type AnyTask, type WorkflowParts } from './resources/workflow-task';

/** The packs of a test: those whose actions it runs, and the one that it creates objects in. */
export interface TestPack {
  /** Selects the run's one copy of `packs/<fixture>`, which no test changes. */
  pack(fixture: string, parts?: { requires?: readonly string[] }): Promise<FixtureCopy>;
  /**
   * Uploads a copy for this test alone; with `replaces`, over that copy. For a test that changes
   * the pack, installs it, counts its executions, or stores keys of its actions: every process of
   * an action receives them. The objects of the test are then created in this pack.
   */
  ownCopy(fixture: string, parts?: { requires?: readonly string[]; replaces?: FixtureCopy }): Promise<FixtureCopy>;
  /**
   * Ref of the pack that the test creates its objects in: its own copy, else a pack without files.
   */
  ownPack(): Promise<string>;
  /** Creates a workflow in the test's own pack. */
  workflow(tasks: AnyTask[], parts?: WorkflowParts): Promise<Workflow>;
  /**
   * Creates a webhook trigger and its rule in the test's own pack. `action`: the name of an action
   * of the selected packs, or a ref.
   */
  webhookRule(parts: RuleParts): Promise<WebhookRule>;
  /** Creates another rule on the trigger of a webhook; the rest is the same. */
  addRule(hook: WebhookRule, parts: RuleParts): Promise<Rule>;
  /**
   * Ref of an action of the packs that the test has selected or uploaded, the last one first. A
   * ref stands for itself.
   */
  action(nameOrRef: string): string;
}

interface TestPackContext {
  readonly client: Client;
  readonly facts: RunFacts;
  /** Monotonic ms. */
  readonly deadline: () => number;
  name(part: string): string;
  defer(release: ReleaseFunction): void;
}

/** The functions of a test's packs. */
export function openTestPack({ client, facts, deadline, name, defer }: TestPackContext): TestPack {
  const copies: FixtureCopy[] = [];
  let ownPack: Promise<string> | undefined;
  const select = (copy: FixtureCopy): FixtureCopy => {
    copies.unshift(copy);
    return copy;
  };
  const createOwnPack = async (): Promise<string> => {
    const { ref } = await client.packs.create({ ref: name('pack'), label: 'Objects of a test', version: '1.0.0' });
    defer(() => client.packs.remove(ref));
    return ref;
  };
  const openOwnPack = (): Promise<string> => (ownPack ??= createOwnPack());
  const action = (nameOrRef: string): string => (nameOrRef.includes('.') ? nameOrRef : findAction(copies, nameOrRef));
  const inOwnPack = async () => ({ client, packRef: await openOwnPack(), name, defer });
  const withRef = (parts: RuleParts): RuleParts => ({ ...parts, action: action(parts.action) });
  return {
    pack: async (fixture, { requires = [] } = {}) =>
      select(await sharedPack(client, facts, fixture, requires, deadline())),
    ownCopy: async (fixture, { replaces, ...parts } = {}) => {
      const ref = replaces?.ref ?? name('pack');
      const force = replaces !== undefined;
      const { vendored } = facts;
      await uploadFixture(client, fixture, ref, join(facts.directory, 'fixtures'), { ...parts, force, vendored });
      if (!force) defer(() => client.packs.remove(ref));
      ownPack = Promise.resolve(ref);
      return select({ fixture, ref });
    },
    ownPack: openOwnPack,
    workflow: async (tasks, parts) => createWorkflow(client, await openOwnPack(), tasks, parts),
    webhookRule: async (parts) => createWebhookRule(await inOwnPack(), withRef(parts)),
    addRule: async ({ trigger }, parts) => createRule(await inOwnPack(), trigger, withRef(parts)),
    action,
  };
}

function findAction(copies: readonly FixtureCopy[], name: string): string {
  const copy = copies.find(({ fixture }) => hasAction(fixture, name));
  if (copy) return `${copy.ref}.${name}`;
  const searched = copies.map(({ fixture }) => `packs/${fixture}`).join(', ') || 'none: call ctx.pack() first';
  throw new Error(`no pack of the test has the action ${name}; its packs: ${searched}`);
}
