/**
 * The cosine of two texts, each as counts of the three-character parts of its words. A word is
 * letters and digits, in lower case, between two spaces. Written from the documentation: it shares
 * no code with the platform.
 */
export function cosineOfTexts(one: string, other: string): number {
  const [left, right] = [partsOf(one), partsOf(other)];
  const dot = [...new Set(left)].reduce((sum, part) => sum + countOf(left, part) * countOf(right, part), 0);
  return dot === 0 ? 0 : dot / Math.sqrt(squaresOf(left) * squaresOf(right));
}

const partsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .flatMap((word) => [...Array(word.length).keys()].map((at) => ` ${word} `.slice(at, at + 3)));

const countOf = (parts: readonly string[], part: string): number => parts.filter((each) => each === part).length;

const squaresOf = (parts: readonly string[]): number => parts.reduce((sum, part) => sum + countOf(parts, part), 0);
