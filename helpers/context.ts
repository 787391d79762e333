import { join } from 'node:path';
import type { Execution, Execute } from '../contract/executions';
import { isTerminal } from '../contract/status';
import type { Pack } from '../contract/packs';
import type { Workflow } from '../contract/workflows';
import { missing } from './capabilities';
import { createCleanup, type Cleanup, type Release } from './cleanup';
import { createClient, type Client } from './client/client';
import { executionToEnd } from './conditions';
import { ApiError } from './errors';
import { uploadFixture } from './fixtures';
import { watchJitter, type Jitter } from './jitter';
import { openLedger, type Ledger } from './ledger';
import { nameFor, randomName } from './names';
import { until } from './polling';
import type { RunFacts } from './run';
import { sharedPack } from './shared-pack';
import { createSteps, type Steps } from './steps';
import { makeWebhookRule, type WebhookRule, type WebhookRuleParts } from './webhook-rule';
import type { Task, WorkflowParts } from './workflow';

/** All a claim works with. Nothing in it is shared with another test. */
export interface Context {
  readonly client: Client;
  /** Random; every value that must travel carries it. */
  readonly nonce: string;
  /** Monotonic ms: when waits end, 2 s before Jest's own limit. */
  readonly deadline: number;
  /** How long an absence is watched, ms. */
  readonly quietMs: number;
  readonly ledger: Ledger;
  readonly facts: RunFacts;
  /** `e2e-7q2x-t2-01-a-child-3fa91c`. There is no other way to name a thing. */
  name(part: string): string;
  /** Released after the test, last in first out. */
  defer(release: Release): void;
  /** Uploads the test's own copy of `packs/<fixture>`; `replaces`: as the next registration of that one. */
  pack(fixture: string, parts?: { requires?: readonly string[]; replaces?: Pack }): Promise<Pack>;
  /** The file's one read-only copy of `packs/<fixture>`: for packs whose environment is costly. */
  sharedPack(fixture: string, parts?: { requires?: readonly string[] }): Promise<Pack>;
  /** A workflow in the test's pack. */
  workflow(tasks: Task[], parts?: WorkflowParts): Promise<Workflow>;
  /** A trigger with a webhook in the test's pack, and a rule on it. */
  webhookRule(parts: WebhookRuleParts): Promise<WebhookRule>;
  /** `<the test's pack>.<action>`. */
  action(name: string): string;
  /** Input that makes a fixture process sign the ledger under `<nonce>-<label>`. */
  signed(label: string): { key: string; ledger: string };
  /** What this host may add to an upper bound, ms. `mark`: instants the platform itself records. */
  slackMs(path: 'run' | 'gap' | 'mark'): number;
  /** The longest that an answer took so far, ms: what is to be seen in passing must stay for longer. */
  slowestMs(): number;
  /** Can the target do this? If not, the line that asks is listed as not proven under its test. */
  needs(capability: string): boolean;
}

export interface OpenContext {
  context: Context;
  cleanup: Cleanup;
  steps: Steps;
  jitter: Jitter;
  /** Executions the test started, oldest first. */
  roots: readonly number[];
  /** Capabilities that single lines asked for in vain. */
  lacking: readonly string[];
}

const CANCEL_MS = 8_000;

/** Cancels what a test left running, and waits for its end, so that its pack can go. */
async function stop(client: Client, id: number): Promise<void> {
  if (isTerminal((await client.executions.get(id)).status)) return;
  try {
    await client.executions.cancel(id);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 409)) throw error; // it ended in between
  }
  await until(executionToEnd(client, id), performance.now() + CANCEL_MS);
}

/** Opens the context of one test. `deadline` is monotonic ms. */
export function openContext(facts: RunFacts, path: string, id: string, deadline: number): OpenContext {
  const cleanup = createCleanup();
  const steps = createSteps();
  const jitter = watchJitter();
  const roots: number[] = [];
  const lacking: string[] = [];
  let slowestMs = 0;
  const client = createClient({
    baseUrl: facts.url,
    token: facts.token,
    observe: ({ method, path: called }, status, ms) => {
      slowestMs = Math.max(slowestMs, ms);
      if (method !== 'GET') steps.note(`${method} ${called} answered ${status} in ${ms.toFixed(0)} ms`);
    },
  });

  /** All that still run are stopped at once: one after the other they would outlast what is kept back for the end. */
  let stops: Promise<void>[] | null = null;
  const stopAll = (): Promise<void>[] =>
    roots.map((id) => {
      const stopped = stop(client, id);
      stopped.catch(() => undefined); // told when its own turn comes
      return stopped;
    });

  /** As the client's own, but what it starts is seen in evidence and stopped at the end. */
  const execute = async (body: Execute): Promise<Execution> => {
    const execution = await client.executions.execute(body);
    const at = roots.push(execution.id) - 1;
    cleanup.defer(() => (stops ??= stopAll())[at]);
    return execution;
  };

  const name = (part: string) => nameFor(facts.run, path, id, part);
  const nonce = randomName(12);
  const ledger = openLedger(facts.directory, name('ledger'));
  let ref: string | undefined;
  const packRef = (): string => {
    if (ref === undefined) throw new Error('the test has no pack yet: call ctx.pack() first');
    return ref;
  };

  const context: Context = {
    client: { ...client, executions: { ...client.executions, execute } },
    nonce,
    deadline,
    quietMs: Math.max(300, 2 * facts.latency.runMs),
    ledger,
    facts,
    name,
    defer: cleanup.defer,
    pack: async (fixture, { replaces, ...parts } = {}) => {
      const wanted = replaces?.ref ?? name('pack');
      const force = replaces !== undefined;
      const pack = await uploadFixture(client, fixture, wanted, join(facts.directory, 'fixtures'), { ...parts, force });
      if (!force) cleanup.defer(() => client.packs.remove(pack.ref));
      ref = pack.ref;
      return pack;
    },
    sharedPack: async (fixture, parts = {}) => {
      const pack = await sharedPack(client, facts, path, fixture, parts);
      ref = pack.ref;
      return pack;
    },
    workflow: (tasks, { name: own = 'flow', parameters, ...parts } = {}) =>
      client.workflows.create({
        ref: `${packRef()}.${own}`,
        pack_ref: packRef(),
        label: own,
        version: '1.0.0',
        definition: { version: '1.0.0', tasks, ...(parameters && { parameters }), ...parts },
        param_schema: parameters ?? null,
      }),
    webhookRule: (parts) => {
      const stopOne = (execution: number) => stop(client, execution);
      const { defer } = cleanup;
      return makeWebhookRule({ client, packRef: packRef(), name, action: context.action, defer, stop: stopOne }, parts);
    },
    action: (action) => `${packRef()}.${action}`,
    signed: (label) => ({ key: `${nonce}-${label}`, ledger: ledger.path }),
    slackMs: (path) => {
      const latency = { run: facts.latency.runMs, gap: facts.latency.gapMs, mark: 0 }[path];
      return 300 + 2 * latency + 2 * jitter.worstMs();
    },
    slowestMs: () => slowestMs,
    needs: (capability) => {
      const lacks = missing([capability], facts.capabilities);
      lacking.push(...lacks);
      return lacks.length === 0;
    },
  };
  return { context, cleanup, steps, jitter, roots, lacking };
}
