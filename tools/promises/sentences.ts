import MarkdownIt from 'markdown-it';

const markdown = new MarkdownIt();
const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });
/**
 * Code and the targets of links may contain what ends a sentence elsewhere. A capital letter in
 * their place lets a sentence begin with them.
 */
const OPAQUE = /`[^`]*`|\]\([^)]*\)/g;

/**
 * What a Markdown page states, in its order: the sentences of paragraphs and of items of lists,
 * and each row of a table as a whole, its cells separated by ` | `. Headings and code state
 * nothing. White space is single.
 */
export function statementsOf(page: string): string[] {
  const statements: string[] = [];
  let cells: string[] = [];
  let around = '';
  for (const { type, content } of markdown.parse(page, {})) {
    if (type === 'tr_open') cells = [];
    else if (type === 'tr_close' && cells.length > 0) statements.push(cells.join(' | '));
    else if (type === 'inline' && around === 'td_open') cells.push(oneLine(content));
    else if (type === 'inline' && around === 'paragraph_open') statements.push(...sentencesOf(oneLine(content)));
    around = type;
  }
  return statements;
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

function sentencesOf(text: string): string[] {
  const masked = text.replace(OPAQUE, (part) => 'X'.repeat(part.length));
  return [...sentences.segment(masked)]
    .map(({ index, segment }) => text.slice(index, index + segment.length).trim())
    .filter((sentence) => sentence !== '');
}
