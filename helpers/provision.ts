import { dirSync } from 'tmp';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '../contract/capabilities';
import { contradictions, declaredBy, slotsNeeded, type Capabilities } from './capabilities';
import { createClient, type Client } from './client/client';
import { choicesOf, declarationsOf } from './declarations';
import { liveUrl } from './live-address';
import { randomName } from './names';
import { probe } from './probes';
import { publishRun, type RunFacts } from './run';
import { obtainTarget, type Target } from './target';
import { TargetError } from './target-error';

/** Latency of a shell action that is no load at all, ms. */
const UNLOADED_MS = 150;
const CONTRACT_GRACE_MS = 5_000;
/** What only the harness can know; on an attached target the probes decide, unless its declarations say otherwise. */
const HARNESS = ['ledger.shared', 'host.processes', 'sql'];

/** A target that was probed, and what the test workers were told about it. */
export interface Provisioned {
  facts: RunFacts;
  client: Client;
  target: Target;
  /** Asks again who answers. Throws TargetError where it is another platform than at the start. */
  confirmIdentity(): Promise<void>;
  release(): Promise<void>;
}

function killGraceOf(manifest: Manifest | null): number {
  const slots = manifest?.capabilities['workers.slots'];
  const grace = typeof slots === 'object' ? slots.kill_grace_seconds : undefined;
  return typeof grace === 'number' ? grace * 1_000 : CONTRACT_GRACE_MS;
}

/** All that the target declares; what only the harness can know is as the probes found it, unless declared. */
function declaredFor(
  target: Target,
  manifest: Manifest | null,
  slots: number,
  works: Record<string, boolean>,
): Capabilities {
  const known = { ...target.harness, ...declarationsOf(target.name).capabilities };
  const declared = declaredBy(manifest, slots);
  for (const name of HARNESS) known[name] ??= works[name] ?? false;
  for (const [name, present] of Object.entries(known)) if (present) declared[name] = true;
  return declared;
}

/** Obtains the target, probes it, and publishes what was found. Throws TargetError; nothing is left running then. */
export async function provision(jestWorkers: number): Promise<Provisioned> {
  const target = await obtainTarget(process.env);
  const scratch = dirSync({ tmpdir: target.directory ?? tmpdir(), prefix: 'e2e-run', unsafeCleanup: true });
  const release = async () => {
    scratch.removeCallback();
    await target.release();
  };
  try {
    const client = createClient({ baseUrl: target.url, token: target.token });
    const manifest = await client.capabilities.getOrNull();
    const run = randomName(4);
    const slots = slotsNeeded(jestWorkers);
    const { works, broken, latency } = await probe(
      client,
      run,
      scratch.name,
      slots,
      target.databaseUrl,
      target.url,
      target.mockHost,
      { url: liveUrl(target.url, declaredBy(manifest, slots), process.env), token: target.token },
    );
    const capabilities = declaredFor(target, manifest, slots, works);
    const identity = manifest?.platform;
    const facts: RunFacts = {
      kind: target.kind,
      name: target.name,
      url: target.url,
      token: target.token,
      platform: identity ? `${identity.name} ${identity.version}` : 'a platform without a manifest',
      instanceId: identity?.instance_id ?? null,
      databaseUrl: target.databaseUrl,
      run,
      incoming: target.directory && join(target.directory, 'incoming'),
      directory: scratch.name,
      capabilities,
      contradictions: [...contradictions(capabilities, works), ...broken],
      choices: choicesOf(declarationsOf(target.name)),
      killGraceMs: killGraceOf(manifest),
      mockHost: target.mockHost,
      python: await target.python,
      latency,
      loadFactor: Math.max(1, latency.runMs / UNLOADED_MS),
    };
    publishRun(facts);
    return { facts, client, target, confirmIdentity: () => confirmIdentity(client, target, facts), release };
  } catch (error) {
    await release();
    throw error;
  }
}

async function confirmIdentity(client: Client, target: Target, facts: RunFacts): Promise<void> {
  const ended = target.ended();
  if (ended !== null) throw new TargetError(ended);
  const manifest = await client.capabilities.getOrNull();
  const now = manifest?.platform.instance_id ?? null;
  if (now !== facts.instanceId) {
    throw new TargetError(
      `another platform answers at ${facts.url}: instance ${String(now)}, not ${String(facts.instanceId)}`,
    );
  }
}
