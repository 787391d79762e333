import type { Budget } from './budget';

/** True when `part` stands anywhere in `text`. */
export function occurs(text: string, part: string, budget: Budget): boolean {
  paySearch(text, part, budget);
  return text.includes(part);
}

/** How often `part` stands in `text`, not overlapping; an empty one stands before each character and at the end. */
export function occurrences(text: string, part: string, budget: Budget): number {
  paySearch(text, part, budget);
  if (part === '') {
    budget.spend(text.length);
    return Array.from(text).length + 1;
  }
  let found = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) {
    budget.spend(1);
    found++;
  }
  return found;
}

/** Searching is linear for ordinary text and up to length times length for text made to hurt. */
export function paySearch(text: string, part: string, budget: Budget): void {
  budget.scan(text);
  budget.scan(part);
}
