import type { ClaimSource } from '../docs/scenario-files';
import { isUndecided, missingCapabilities, type AssessedCapabilities } from './capabilities';
import { appliesOn, type Declarations } from './declarations';

/** What a run on a target would do with a claim. */
export interface ClaimForecast {
  readonly id: string;
  readonly title: string;
  /**
   * `can be proven`: it would run, and it is expected to pass. `not decided`: it may have
   * what it needs, and the probe did not end in time.
   */
  readonly outcome: 'can be proven' | 'known red' | 'not decided' | 'not proven';
  /** Why it would not be proven; empty for one that would. */
  readonly reasons: readonly string[];
  /** The needs that the target lacks, or that are not decided. */
  readonly lacks: readonly string[];
  /** How the target file differs, for which a run ends with exit 5; null: it agrees. */
  readonly difference: string | null;
}

/**
 * Forecasts each claim from its needs and from the target file, on the day of the run. Of
 * `assessed`, `undecided` names the absent ones that the target may have.
 * `isMissingHere`: the run or its host lacks the need, which is no difference from the file.
 */
export function forecastClaims(
  claims: readonly ClaimSource[],
  assessed: AssessedCapabilities & { readonly undecided: readonly string[] },
  declarations: Declarations,
  day: string,
  isMissingHere: (need: string) => boolean = () => false,
): ClaimForecast[] {
  return claims.map(({ id, title, needs }) => {
    const lacks = missingCapabilities(needs, assessed);
    const reasons = lacks.map((need) => `${need}: ${assessed.absences[need] ?? ''}`);
    const { outcome, reasons: all, difference } = forecastClaim(id, reasons, declarations, day);
    const isOpen = isUndecided(lacks, assessed.undecided);
    const isDifference = lacks.length === 0 || !lacks.every(isMissingHere);
    return {
      id,
      title,
      outcome: isOpen ? 'not decided' : outcome,
      reasons: all,
      lacks,
      difference: isDifference ? (isOpen && difference ? 'it is not decided' : difference) : null,
    };
  });
}

function forecastClaim(
  id: string,
  lacks: readonly string[],
  { notProven, known = [] }: Declarations,
  day: string,
): Pick<ClaimForecast, 'outcome' | 'reasons' | 'difference'> {
  const declared = notProven[id];
  if (lacks.length > 0) {
    const reasons = declared === undefined ? lacks : [...lacks, `declared: ${declared}`];
    return { outcome: 'not proven', reasons, difference: declared === undefined ? 'add it to `notProven`' : null };
  }
  const entry = known.find(({ claim }) => claim === id);
  const surplus = declared === undefined ? null : 'remove it from `notProven`';
  if (!entry) return { outcome: 'can be proven', reasons: [], difference: surplus };
  const { reason, link, expires } = entry;
  if (appliesOn(entry, day))
    return { outcome: 'known red', reasons: [`until ${expires}: ${reason} (${link})`], difference: null };
  return { outcome: 'can be proven', reasons: [], difference: `its entry in \`known\` expired on ${expires}` };
}
