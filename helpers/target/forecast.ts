import type { ClaimSource } from '../docs/scenario-files';
import { missingCapabilities, type AssessedCapabilities } from './capabilities';
import { appliesOn, type Declarations } from './declarations';

/** What a run on a target would do with a claim. */
export interface ClaimForecast {
  readonly id: string;
  readonly title: string;
  /** `proven`: it would run, and it is expected to pass. */
  readonly outcome: 'proven' | 'known red' | 'not proven';
  /** Why it would not be proven; empty for one that would. */
  readonly reasons: readonly string[];
  /** How the target file differs, for which a run ends with exit 5; null: it agrees. */
  readonly difference: string | null;
}

/** Forecasts each claim from its needs and from the target file, on the day of the run. */
export function forecastClaims(
  claims: readonly ClaimSource[],
  assessed: AssessedCapabilities,
  declarations: Declarations,
  day: string,
): ClaimForecast[] {
  return claims.map(({ id, title, needs }) => {
    const lacks = missingCapabilities(needs, assessed).map((need) => `${need}: ${assessed.absences[need] ?? ''}`);
    return { id, title, ...forecastClaim(id, lacks, declarations, day) };
  });
}

function forecastClaim(
  id: string,
  lacks: readonly string[],
  { notProven, known = [] }: Declarations,
  day: string,
): Omit<ClaimForecast, 'id' | 'title'> {
  const declared = notProven[id];
  if (lacks.length > 0) {
    const reasons = declared === undefined ? lacks : [...lacks, `declared: ${declared}`];
    return { outcome: 'not proven', reasons, difference: declared === undefined ? 'add it to `notProven`' : null };
  }
  const entry = known.find(({ claim }) => claim === id);
  const surplus = declared === undefined ? null : 'remove it from `notProven`';
  if (!entry) return { outcome: 'proven', reasons: [], difference: surplus };
  const { reason, link, expires } = entry;
  if (appliesOn(entry, day))
    return { outcome: 'known red', reasons: [`until ${expires}: ${reason} (${link})`], difference: null };
  return { outcome: 'proven', reasons: [], difference: `its entry in \`known\` expired on ${expires}` };
}
