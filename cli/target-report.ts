import type { ClaimForecast } from '../helpers/target/forecast';
import { colours } from './banner';

/** What `doctor --target` found. */
export interface TargetReport {
  readonly url: string;
  /** Name and version. */
  readonly platform: string;
  /** Path of the target file. */
  readonly targetFile: string;
  readonly claims: readonly ClaimForecast[];
  /** One sentence for each capability whose declaration and probe disagree. */
  readonly contradictions: readonly string[];
}

const OUTCOMES = ['proven', 'known red', 'not proven'] as const;
const COLUMN = 'not proven  '.length;

export type OutcomeCounts = Readonly<Record<ClaimForecast['outcome'], number>>;

export const countOutcomes = (claims: readonly ClaimForecast[]): OutcomeCounts =>
  Object.fromEntries(
    OUTCOMES.map((outcome) => [outcome, claims.filter((claim) => claim.outcome === outcome).length]),
  ) as OutcomeCounts;

/** One paragraph for each claim, then a summary. */
export function renderTargetReport({ url, platform, targetFile, claims, contradictions }: TargetReport): string {
  const { red } = colours();
  const counts = countOutcomes(claims);
  const differing = claims.filter(({ difference }) => difference !== null);
  const lines = [
    ...claims.flatMap(claimLines),
    '',
    `${url}: ${platform}, declared by ${targetFile}`,
    `${claims.length} claims: ${OUTCOMES.map((outcome) => `${counts[outcome]} ${outcome}`).join(', ')}`,
    ...(differing.length > 0 ? [`A run of all claims ends with exit 5: ${targetFile} differs`] : []),
    ...differing.map(({ id, difference }) => red(`  ${id}: ${difference ?? ''}`)),
    ...(contradictions.length > 0 ? ['A run ends with exit 3: the platform differs from its declaration'] : []),
    ...contradictions.map((contradiction) => red(`  ${contradiction}`)),
  ];
  return `${lines.join('\n')}\n`;
}

function claimLines({ id, title, outcome, reasons }: ClaimForecast): string[] {
  const { green, yellow, dim } = colours();
  const label = (outcome === 'proven' ? green : yellow)(outcome.padEnd(COLUMN));
  return [`${label}${id.padEnd(7)}${title}`, ...reasons.map((reason) => dim(`${''.padEnd(COLUMN + 7)}${reason}`))];
}
