import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Env } from '../../contract/environment';
import { terminalText } from '../../contract/text/terminal-text';
import type { CapabilityManifest } from '../../contract/capabilities';
import { createClient, type Client } from '../client/client';
import { messageOf } from '../errors';
import { repositoryRoot } from '../repository-root';
import { randomName } from '../scenario/names';
import { assessTarget } from './assess-target';
import { absenceReasons, provenCapabilities, undecidedCapabilities } from './assessment';
import { confirmIdentity, identityOf } from './confirm-identity';
import { resolveChoices } from './declarations';
import { obtainTarget, type Target } from './obtain-target';
import { loadFactorOf } from './probes/open-probe-context';
import { watchSharedObjects } from './shared-objects';
import { openProvenBefore } from './probes/proven-before';
import { publishRunFacts, type RunFacts } from './run-facts';
import { readRunSwitches } from './run-switches';
import { openTargetUse, type TargetUse } from './target-use';

const DEFAULT_KILL_GRACE_MS = 5_000;

/** A target that responds, and what a run uses of it. */
export interface OpenTarget extends TargetUse {
  readonly target: Target;
  readonly client: Client;
  /** Name of the run, part of every name that it creates. */
  readonly run: string;
}

/** A probed target, and the facts published to the test workers. */
export interface Provisioned extends Pick<OpenTarget, 'target' | 'client'> {
  facts: RunFacts;
  /** Throws TargetError if another platform responds than at the start of the run. */
  confirmIdentity(): Promise<void>;
  /** Throws LeftoverError if objects of others differ from the start of the run. */
  confirmShared(): Promise<void>;
  /** As `TargetUse.release`. */
  release(): Promise<void>;
}

function readKillGraceMs(manifest: CapabilityManifest | null): number {
  const slots = manifest?.capabilities['workers.slots'];
  const grace = typeof slots === 'object' ? slots.kill_grace_seconds : undefined;
  return typeof grace === 'number' ? grace * 1_000 : DEFAULT_KILL_GRACE_MS;
}

/** How far the target's clock is ahead of that of its processes, ms, as it declares. */
export function readAheadMs(manifest: CapabilityManifest | null): number {
  const offset = manifest?.capabilities['clock.offset'];
  return typeof offset === 'object' && typeof offset.seconds === 'number' ? offset.seconds * 1_000 : 0;
}

/** Attaches to PLATFORM_URL if set, else starts a platform with `start`. Throws TargetError. */
export async function openTarget(env: Env, start?: () => Promise<Target>): Promise<OpenTarget> {
  const target = await obtainTarget(env, start);
  const client = createClient({ baseUrl: target.url, token: target.token });
  const run = randomName(4);
  return { target, client, run, ...openTargetUse(target, client, run) };
}

/** What of the selected tests matters to the target. */
interface SelectedTests {
  /** Files that run at the same time. */
  readonly jestWorkers: number;
  /** Names of the capabilities that they need. */
  readonly needs: ReadonlySet<string>;
  /** Creates the directory of their records for a run; null: there is none but that of the run. */
  createRecords(run: string): string | null;
}

/**
 * Obtains the target, probes the capabilities that the tests need, and publishes the facts of the
 * run. `start` starts a platform. Throws TargetError, and releases the target before.
 */
export async function provision(selected: SelectedTests, start?: () => Promise<Target>): Promise<Provisioned> {
  const opened = await openTarget(process.env, start);
  const { target, client } = opened;
  try {
    const watching = watchSharedObjects(client, target.kind);
    watching.catch(() => {}); // awaited below, unless the probes fail first
    const facts = await collectFacts(opened, selected);
    const confirmShared = await watching;
    publishRunFacts(facts);
    return {
      facts,
      client,
      target,
      confirmShared,
      confirmIdentity: () => confirmIdentity(client, target, facts),
      release: async () => {
        try {
          await opened.release(Object.hasOwn(facts.capabilities, 'host.processes'));
        } finally {
          rmSync(facts.records, { recursive: true, force: true });
        }
      },
    };
  } catch (error) {
    await opened.release().catch((releaseError: unknown) => {
      process.stderr.write(`tuningfork: ${messageOf(releaseError)}\n`);
    });
    throw error;
  }
}

async function collectFacts(
  { target, client, run, directory }: OpenTarget,
  { jestWorkers, needs, createRecords }: SelectedTests,
): Promise<RunFacts> {
  const { kind, name, declarations, url, token, log, databaseUrl, mockHost } = target;
  const assessment = await assessTarget(target, client, {
    needs,
    jestWorkers,
    run,
    directory,
    ...(kind === 'started' && { provenBefore: (slots) => openProvenBefore(repositoryRoot(), process.env, slots) }),
  });
  const { manifest, capabilities, latency, clockOffsetMs, rendezvous, slots } = assessment;
  for (const note of [...assessment.notes, ...assessment.contradictions])
    process.stderr.write(`tuningfork: ${terminalText(note)}\n`);
  return {
    kind,
    name,
    declarations,
    url,
    token,
    log,
    databaseUrl,
    mockHost,
    run,
    directory,
    records: createRecords(run) ?? directory,
    latency,
    clockOffsetMs,
    startedOn: new Date().toISOString().slice(0, 10),
    ...identityOf(manifest),
    capabilities: provenCapabilities(capabilities),
    absences: absenceReasons(capabilities),
    undecided: undecidedCapabilities(capabilities),
    incoming: target.directory && join(target.directory, 'incoming'),
    contradictions: [...assessment.contradictions],
    switches: readRunSwitches(process.env),
    choices: resolveChoices(declarations),
    killGraceMs: readKillGraceMs(manifest),
    aheadMs: readAheadMs(manifest),
    python: await target.python,
    vendored: target.vendored,
    areClaimsParallel: jestWorkers > 1,
    rendezvous,
    slots,
    loadFactor: loadFactorOf(latency.runMs),
  };
}
