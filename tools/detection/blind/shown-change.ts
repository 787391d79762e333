const CONTEXT = 28;
const MAX_TEXT = 100;

/** What differs between two texts, in one line each, with the text around it. */
export function shownChange(before: string, after: string): [string, string] {
  const [from, to] = [before, after].map((text) => text.replace(/\s+/g, ' ').trim()) as [string, string];
  const shortest = Math.min(from.length, to.length);
  const head = countEqual(shortest, (n) => from[n] === to[n]);
  const tail = countEqual(shortest - head, (n) => from.at(-1 - n) === to.at(-1 - n));
  const [start, end] = [head, tail].map((length) => Math.max(0, length - CONTEXT)) as [number, number];
  return [shorten(from, start, end), shorten(to, start, end)];
}

/** How many of the first `limit` positions are equal, up to the first that is not. */
function countEqual(limit: number, isEqual: (n: number) => boolean): number {
  let count = 0;
  while (count < limit && isEqual(count)) count++;
  return count;
}

function shorten(text: string, start: number, end: number): string {
  const part = text.slice(start, text.length - end);
  const limited = part.length > MAX_TEXT ? `${part.slice(0, MAX_TEXT)}…` : part;
  return `${start > 0 ? '…' : ''}${limited || 'nothing'}${end > 0 && !limited.endsWith('…') ? '…' : ''}`;
}
