/** The words of a text that a list is filtered by, in small letters. */
export const splitWords = (text = ''): string[] =>
  text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');

/** Returns whether texts contain every word of `filter`, ignoring case. */
export function wordsMatcher(
  filter: string | undefined,
): (...texts: readonly (string | null | undefined)[]) => boolean {
  const words = splitWords(filter);
  return (...texts) => {
    const text = texts.join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  };
}
