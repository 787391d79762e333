import type { CapabilityManifest } from '../../contract/capabilities';
import type { JsonObject } from '../../contract/json';
import { BASELINE, HARNESS_CAPABILITIES, slotCount, type Capabilities } from './capabilities';
import { ARM_PREFIX } from './arm-findings';
import type { Finding, Findings } from './finding';

/** What is known about the capabilities of a target. */
export interface CapabilityEvidence {
  /** Null: the platform has no manifest. */
  readonly manifest: CapabilityManifest | null;
  /** The values in the target's file. */
  readonly targetFile: Readonly<Record<string, boolean>>;
  /** The values that the suite itself has for a platform that it started. */
  readonly suite: Readonly<Record<string, boolean>>;
  readonly findings: Findings;
  /** Number of slots that the rendezvous tests need. */
  readonly slots: number;
}

/** What the suite assumes about one capability of the target, and the source. */
export interface CapabilityAssessment {
  readonly name: string;
  readonly isProven: boolean;
  readonly source: 'target file' | 'suite' | 'declared' | 'probed' | 'baseline';
  /** `slots: 24` and the like; null: none. */
  readonly details: JsonObject | null;
  /** Why it is not proven; null if it is. */
  readonly reason: string | null;
  /** Not proven, and not absent either: its probe did not end in time. */
  readonly isUndecided?: true;
}

/** A value that does not come from a probe. */
interface Declaration extends Pick<CapabilityAssessment, 'source' | 'details'> {
  readonly isDeclared: boolean;
}

const SLOTS = 'workers.slots';

/**
 * Assesses one capability: the value of the target's file, of the suite, or of the manifest; else
 * as probed; else as in the baseline.
 */
export function assessCapability(name: string, evidence: CapabilityEvidence): CapabilityAssessment {
  const declaration = declarationOf(name, evidence);
  const finding = evidence.findings[name];
  if (declaration) {
    const { isDeclared, source, details } = declaration;
    return { name, isProven: isDeclared, source, details, reason: isDeclared ? null : absenceReason(source, finding) };
  }
  const probed = { name, source: 'probed' } as const;
  if (finding?.isProven) {
    const details = name === SLOTS ? { slots: evidence.slots } : null;
    return { ...probed, isProven: true, details, reason: null };
  }
  if (finding && !finding.isUndecided) {
    const { reason, isSlow } = finding;
    return { ...probed, isProven: false, details: null, reason, ...(isSlow && { isUndecided: true }) };
  }
  const isProven = evidence.manifest === null && BASELINE.includes(name);
  const reason = isProven ? null : (finding?.reason ?? unknownReason(name, evidence));
  return { name, isProven, source: 'baseline', details: null, reason };
}

/** The needs, and every capability that any part of the evidence names; by name. */
export function assessCapabilities(evidence: CapabilityEvidence, needs: Iterable<string>): CapabilityAssessment[] {
  const { manifest, targetFile, suite, findings } = evidence;
  const sources = [targetFile, suite, manifest?.capabilities ?? {}, findings].flatMap((source) => Object.keys(source));
  const names = new Set(['core', ...needs, ...(manifest ? [] : BASELINE), ...sources]);
  return [...names].sort().map((name) => assessCapability(name, evidence));
}

/** The capabilities that the tests may rely on. */
export const provenCapabilities = (assessments: readonly CapabilityAssessment[]): Capabilities =>
  Object.fromEntries(
    assessments.flatMap(({ name, isProven, details }) => (isProven ? [[name, details ?? true] as const] : [])),
  );

/** Why each of the others is absent, by name. */
export const absenceReasons = (assessments: readonly CapabilityAssessment[]): Record<string, string> =>
  Object.fromEntries(assessments.flatMap(({ name, reason }) => (reason === null ? [] : [[name, reason] as const])));

/** Names of those that are neither proven nor absent. */
export const undecidedCapabilities = (assessments: readonly CapabilityAssessment[]): string[] =>
  assessments.filter(({ isUndecided }) => isUndecided).map(({ name }) => name);

/** Names the declared capabilities whose probes did not end in time: their claims run. Or null. */
export function uncertainDeclarations(evidence: CapabilityEvidence): string | null {
  const slow = Object.entries(evidence.findings).flatMap(([name, finding]) =>
    !finding.isProven && finding.isSlow && declarationOf(name, evidence)?.isDeclared ? [{ name, ...finding }] : [],
  );
  if (slow.length === 0) return null;
  return `declared, so that their claims run, but not observed: ${slow.map(({ name }) => name).join(', ')} (${slow[0]!.reason})`;
}

/** Whether the finding decides nothing about the capability. */
const isOpen = (finding: Finding): boolean => !finding.isProven && Boolean(finding.isUndecided ?? finding.isSlow);

/**
 * One sentence for each capability that was probed with another result than declared. Nothing
 * contradicts a platform without a manifest.
 */
export function findContradictions(evidence: CapabilityEvidence): string[] {
  return Object.entries(evidence.findings).flatMap(([name, finding]) => {
    const isDeclared = declarationOf(name, evidence)?.isDeclared ?? finding.isProven;
    if (isDeclared === finding.isProven || isOpen(finding)) return [];
    return [
      finding.isProven
        ? `${name} is not declared, but its probe succeeded`
        : `${name} is declared, but its probe failed: ${finding.reason}`,
    ];
  });
}

/**
 * One sentence for each capability of which only a probe can decide, and whose probe did not find
 * it: what needs it is not proven in this run.
 */
export const failedProbes = (evidence: CapabilityEvidence, probed: readonly string[]): string[] =>
  probed.flatMap((name) => {
    const finding = evidence.findings[name];
    if (!finding || finding.isProven || declarationOf(name, evidence) !== null) return [];
    if (assessCapability(name, evidence).isProven) return []; // the probe decided nothing
    return [`${name} is not declared, and its probe failed, so that what needs it is not proven: ${finding.reason}`];
  });

/** Null: only a probe can decide. */
function declarationOf(name: string, { targetFile, suite, manifest, slots }: CapabilityEvidence): Declaration | null {
  const value = (source: 'target file' | 'suite', isDeclared: boolean) => ({ isDeclared, source, details: null });
  if (targetFile[name] !== undefined) return value('target file', targetFile[name]);
  if (suite[name] !== undefined) return value('suite', suite[name]);
  if (manifest === null || HARNESS_CAPABILITIES.includes(name) || name.startsWith(ARM_PREFIX)) return null;
  const declared = name === 'core' || (manifest.capabilities[name] ?? false);
  // too few slots of one worker decide nothing: there may be several workers
  if (name === SLOTS && declared !== false && slotCount(declared) < slots) return null;
  const details = typeof declared === 'object' ? declared : null;
  return { isDeclared: declared !== false, source: 'declared', details };
}

function absenceReason(source: Declaration['source'], finding: Finding | undefined): string {
  if (finding?.isProven === false && !finding.isSlow) return finding.reason;
  if (source === 'target file') return "the target's file declares that it is absent";
  return source === 'suite' ? 'the suite did not provide it' : 'the platform does not declare it';
}

function unknownReason(name: string, { manifest, slots }: CapabilityEvidence): string {
  if (name === SLOTS && manifest) return `the platform declares fewer than ${slots} slots`;
  return 'it is not part of the baseline, and no probe showed it';
}
