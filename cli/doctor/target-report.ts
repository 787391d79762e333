import { EXIT_CODES } from '../../contract/errors';
import { remedyOf } from '../../helpers/target/capabilities';
import type { ClaimForecast } from '../../helpers/target/forecast';
import { VIRTUAL_TIME } from '../banner';
import { colours } from '../colours';

/** What `doctor --target` found. */
export interface TargetReport {
  readonly url: string;
  /** Name and version. */
  readonly platform: string;
  /** The clock of each tenant can be moved. */
  readonly isTimeVirtual: boolean;
  /** Path of the target file. */
  readonly targetFile: string;
  readonly claims: readonly ClaimForecast[];
  /** One sentence for each capability whose declaration and probe disagree. */
  readonly contradictions: readonly string[];
  /** Needs that the target may have: their probes did not end in time. */
  readonly undecided: readonly string[];
  /** Of the run: every claim must be proven. */
  readonly requireLive: boolean;
  /** A file in `targets/` with fewer differences; null: none. */
  readonly fittingFile: { readonly name: string; readonly differences: number } | null;
}

const OUTCOMES = ['can be proven', 'known red', 'not decided', 'not proven'] as const;
const COLUMN = 'can be proven  '.length;
/** A lack that leaves more claims unproven is stated once, with their number. */
const FEW_CLAIMS = 3;

export type OutcomeCounts = Readonly<Record<ClaimForecast['outcome'], number>>;

export const countOutcomes = (claims: readonly ClaimForecast[]): OutcomeCounts =>
  Object.fromEntries(
    OUTCOMES.map((outcome) => [outcome, claims.filter((claim) => claim.outcome === outcome).length]),
  ) as OutcomeCounts;

/** The exit code of a run of all claims whose tests pass. */
export function exitOfRun({ claims, contradictions, requireLive }: TargetReport): number {
  if (contradictions.length > 0) return EXIT_CODES.notProvisioned;
  const provable = claims.filter(({ outcome }) => outcome === 'can be proven').length;
  const isEachRequired = requireLive && provable < claims.length;
  const isDifferent = claims.some(({ difference }) => difference !== null);
  return provable === 0 || isEachRequired || isDifferent ? EXIT_CODES.notProven : EXIT_CODES.done;
}

/** One paragraph for each claim, what is missing, then a summary. */
export function renderTargetReport(report: TargetReport): string {
  const { url, platform, isTimeVirtual, targetFile, claims, contradictions, fittingFile, undecided } = report;
  const { red } = colours();
  const counts = countOutcomes(claims);
  const causes = causesOf(claims);
  const differing = claims.filter(({ difference }) => difference !== null);
  const shown = differing.filter(({ lacks }) => !lacks.some((need) => causes.has(need)));
  const byCauses = differing.length - shown.length;
  const lines = [
    ...claims.flatMap((claim) => claimLines(claim, causes)),
    ...[...causes].flatMap(([need, { reason, count }]) => causeLines(need, reason, count, undecided)),
    '',
    `${url}: ${platform}, declared by ${targetFile}`,
    ...(isTimeVirtual ? [`time: ${VIRTUAL_TIME}`] : []),
    `${claims.length} claims: ${OUTCOMES.map((outcome) => `${counts[outcome]} ${outcome}`).join(', ')}`,
    ...(differing.length > 0
      ? [
          `A run of all claims ends with exit 5: ${targetFile} differs for ${differing.length}` +
            (byCauses > 0 ? `, for ${byCauses} of them by the causes above` : ''),
        ]
      : []),
    ...shown.map(({ id, difference }) => red(`  ${id}: ${difference ?? ''}`)),
    ...(fittingFile === null
      ? []
      : [`E2E_TARGET_NAME=${fittingFile.name} fits better: it differs for ${fittingFile.differences}`]),
    ...(contradictions.length > 0 ? ['A run ends with exit 3: the platform differs from its declaration'] : []),
    ...contradictions.map((contradiction) => red(`  ${contradiction}`)),
  ];
  return `${lines.join('\n')}\n`;
}

type Causes = ReadonlyMap<string, { readonly reason: string; readonly count: number }>;

/** The lacks of many claims, that of most claims first. */
function causesOf(claims: readonly ClaimForecast[]): Causes {
  const causes = new Map<string, { reason: string; count: number }>();
  for (const { lacks, reasons } of claims)
    lacks.forEach((need, n) => {
      const count = (causes.get(need)?.count ?? 0) + 1;
      causes.set(need, { reason: reasons[n]!, count });
    });
  const many = [...causes].filter(([, { count }]) => count > FEW_CLAIMS);
  return new Map(many.sort(([, one], [, other]) => other.count - one.count));
}

function causeLines(need: string, reason: string, count: number, undecided: readonly string[]): string[] {
  const isUndecided = undecided.includes(need);
  const remedy = remedyOf(need, isUndecided);
  const outcome = isUndecided ? 'are not decided' : 'cannot be proven';
  return ['', `${count} claims ${outcome}: ${reason}`, ...(remedy === null ? [] : [`  → ${remedy}`])];
}

function claimLines({ id, title, outcome, reasons, lacks }: ClaimForecast, causes: Causes): string[] {
  const { green, yellow, dim } = colours();
  const label = (outcome === 'can be proven' ? green : yellow)(outcome.padEnd(COLUMN));
  const indented = (text: string): string => dim(`${''.padEnd(COLUMN + 7)}${text}`);
  const shown = reasons.map((reason, n) => (causes.has(lacks[n] ?? '') ? `${lacks[n]!} (see below)` : reason));
  return [`${label}${id.padEnd(7)}${title}`, ...shown.map(indented)];
}
