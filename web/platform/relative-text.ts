const UNITS = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
  { name: 's', ms: 1_000 },
] as const;

/**
 * How far an instant is from now, in whole units of the largest that fits: `in 4 min`, `2 h ago`.
 * Both are epoch ms.
 */
export function relativeText(at: number, now: number): string {
  const distance = Math.abs(at - now);
  const unit = UNITS.find(({ ms }) => distance >= ms);
  if (unit === undefined) return 'now';
  const text = `${Math.floor(distance / unit.ms)} ${unit.name}`;
  return at > now ? `in ${text}` : `${text} ago`;
}
