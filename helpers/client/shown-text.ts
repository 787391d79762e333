import { shortened } from '../shortened';

/** Of a text that is not HTML, characters. */
const MAX_TEXT = 300;

export const isHtml = (text: string): boolean => /^\s*<(?:!doctype html|html)\b/i.test(text);

/** What a message shows of a response that is not JSON: of a page of HTML its title. */
export function shownText(text: string): string {
  if (!isHtml(text)) return shortened(text, MAX_TEXT);
  const [, title = ''] = /<title[^>]*>([^<]*)/i.exec(text) ?? [];
  return `a page of HTML${title.trim() === '' ? '' : ` (${title.trim()})`}`;
}
