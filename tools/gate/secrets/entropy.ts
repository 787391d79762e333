/** Bits per character of random text: 4.2 for 32 characters of hex and more for Base64. */
const HEX_BITS = 3;
const TEXT_BITS = 3.7;

/** Whether a text is random rather than words: it has digits and letters, and few repetitions. */
export function isHighEntropy(text: string): boolean {
  if (!/\d/.test(text) || !/[A-Za-z]/.test(text)) return false;
  return entropyOf(text) >= (/^[0-9a-f]+$/i.test(text) ? HEX_BITS : TEXT_BITS);
}

/** By Shannon, in bits per character. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  const shares = [...counts.values()].map((count) => count / text.length);
  return -shares.reduce((sum, share) => sum + share * Math.log2(share), 0);
}
