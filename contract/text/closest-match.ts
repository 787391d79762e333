const MAX_CANDIDATES = 500;
const MAX_LENGTH = 40;

/**
 * The candidate with the smallest edit distance, which is at most two and less than half of the
 * name; else null.
 */
export function closestMatch(name: string, candidates: Iterable<string>): string | null {
  if (name.length > MAX_LENGTH) return null;
  const allowed = Math.min(2, Math.floor((name.length - 1) / 2));
  let best: { readonly candidate: string; readonly distance: number } | null = null;
  let examined = 0;
  for (const candidate of candidates) {
    if (++examined > MAX_CANDIDATES) break;
    if (Math.abs(candidate.length - name.length) > allowed) continue;
    const distance = candidate.toLowerCase() === name.toLowerCase() ? 0 : editDistance(name, candidate);
    if (distance <= allowed && (best === null || distance < best.distance)) best = { candidate, distance };
  }
  return best?.candidate ?? null;
}

/** `. Did you mean …?`, or the empty text. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const candidate = closestMatch(name, candidates);
  return candidate === null ? '' : `. Did you mean '${candidate}'?`;
}

function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let i = 1; i <= left.length; i++) {
    const above = row;
    row = [i];
    for (let j = 1; j <= right.length; j++) {
      const changed = above[j - 1]! + (left.charAt(i - 1) === right.charAt(j - 1) ? 0 : 1);
      row.push(Math.min(changed, above[j]! + 1, row[j - 1]! + 1));
    }
  }
  return row[right.length]!;
}
