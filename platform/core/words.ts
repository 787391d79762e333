/** The words of a text that a list is filtered by, in small letters. */
export const splitWords = (text = ''): string[] =>
  text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');

/** Whether texts contain every word, ignoring case. */
export function containWords(texts: readonly (string | null | undefined)[], words: readonly string[]): boolean {
  const text = texts.join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
}
