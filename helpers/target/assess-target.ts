import type { CapabilityManifest } from '../../contract/capabilities';
import { RUNTIME_MANIFEST } from '../../contract/runtime-manifest';
import type { Client } from '../client/client';
import { armFindings } from './arm-findings';
import {
  assessCapabilities,
  failedProbes,
  findContradictions,
  provenCapabilities,
  uncertainDeclarations,
  type CapabilityAssessment,
  type CapabilityEvidence,
} from './assessment';
import { slotUse, type RendezvousOrder } from './capabilities';
import { resolveChoices } from './declarations';
import { resolveNotifierUrl } from './notifier-address';
import type { Target } from './obtain-target';
import type { ProvenBefore } from './probes/proven-before';
import { runProbes, type MeasuredReport } from './probes/run-probes';
import { readRunSwitches, switchFindings } from './run-switches';
import { suiteFindings } from './start/suite-settings';

/** Probes of a started target run all at once; any other target has other work, too. */
const PROBES_AT_ONCE = { started: 24, attached: 6 };

/** What is assessed, and the harness's means. */
export interface AssessmentRequest {
  /** Names of the capabilities that the tests need. */
  readonly needs: ReadonlySet<string>;
  readonly jestWorkers: number;
  /** Name of the run, part of the names that the probes create. */
  readonly run: string;
  /** Directory for the files of the run. */
  readonly directory: string;
  /** Opens what earlier runs proved, which is not probed again; default: everything is probed. */
  readonly provenBefore?: (slots: number) => ProvenBefore;
}

/** A target's capabilities, and what was measured on the way. */
export interface TargetAssessment extends Pick<MeasuredReport, 'latency' | 'clockOffsetMs' | 'leftovers'> {
  /** Null: the platform has no manifest. */
  readonly manifest: CapabilityManifest | null;
  readonly rendezvous: RendezvousOrder;
  /** As `SlotUse.slots`. */
  readonly slots: number;
  /** The needs and every declared capability, by name. */
  readonly capabilities: readonly CapabilityAssessment[];
  /** One sentence for each difference from a declaration, and for each failed probe. */
  readonly contradictions: readonly string[];
  /**
   * Sentences for stderr, before the first test: objects that the target did not remove,
   * undeclared capabilities whose probes failed, and declared ones whose probes did not end in
   * time.
   */
  readonly notes: readonly string[];
}

/**
 * Probes the capabilities that the tests need. Throws WaitError or Error on a target that runs
 * not even a trivial action.
 */
export async function assessTarget(
  target: Target,
  client: Client,
  { needs, jestWorkers, run, directory, provenBefore }: AssessmentRequest,
): Promise<TargetAssessment> {
  const { url: baseUrl, token, kind, declarations, databaseUrl, mockHost, vendored } = target;
  const manifest = await client.capabilities.getOrNull();
  const { slots, order } = slotUse(manifest, jestWorkers);
  const declared: CapabilityEvidence = {
    manifest,
    targetFile: declarations.capabilities,
    suite: target.harnessCapabilities,
    slots,
    findings: {},
  };
  const assumed = provenCapabilities(assessCapabilities(declared, needs));
  const earlier = provenBefore?.(slots);
  const decided = {
    ...earlier?.findings,
    ...switchFindings(readRunSwitches(process.env)),
    ...(kind === 'started' && suiteFindings(process.env)),
  };
  const known = Object.fromEntries(Object.entries(decided).filter(([name]) => needs.has(name)));
  const {
    findings: probed,
    failures,
    ...measured
  } = await runProbes(
    {
      client,
      baseUrl,
      databaseUrl,
      mockHost,
      runName: run,
      directory,
      slotCount: slots,
      vendored,
      width: PROBES_AT_ONCE[kind],
      timerPickupMs: resolveChoices(declarations).timerPickupMs,
      notifier: { url: resolveNotifierUrl(baseUrl, assumed, process.env), token },
    },
    new Set([...needs].filter((name) => !known[name])),
  );
  earlier?.add(probed);
  const arms = armFindings(process.env, manifest, RUNTIME_MANIFEST);
  const evidence = { ...declared, findings: { ...arms, ...known, ...probed } };
  return {
    ...measured,
    manifest,
    rendezvous: order,
    slots,
    capabilities: assessCapabilities(evidence, needs),
    contradictions: [...findContradictions(evidence), ...failures],
    notes: [
      ...measured.leftovers,
      ...failedProbes(evidence, Object.keys(probed)),
      uncertainDeclarations(evidence),
    ].filter((note) => note !== null),
  };
}
