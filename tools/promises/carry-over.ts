import type { Statement } from './promise-file';

/**
 * The entries of the texts that a page has now, in its order. A text that stands already keeps its
 * entry; a new one gets the next free number of the page, and neither proof nor reason.
 */
export function carryOver(page: string, texts: readonly string[], known: readonly Statement[]): Statement[] {
  let last = Math.max(0, ...known.map(({ id }) => Number(id.slice(page.length + 1))));
  const rest = [...known];
  return texts.map((says) => {
    const place = rest.findIndex((statement) => statement.says === says);
    return place === -1 ? { id: `${page}-${++last}`, says } : rest.splice(place, 1)[0]!;
  });
}
