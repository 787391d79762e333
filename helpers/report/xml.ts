/** An element of an XML document; `text` stands before the children. */
export interface XmlElement {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string | number>>;
  readonly text?: string;
  readonly children?: readonly XmlElement[];
}

/** Everything that XML 1.0 does not allow, not even as a reference: most control characters. */
const NOT_ALLOWED = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;
const REPLACEMENT = '\uFFFD';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A parser turns these into spaces in attributes, and a carriage return into a line feed.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

const escapeText = (text: string): string =>
  text.replace(NOT_ALLOWED, REPLACEMENT).replace(/[&<>\r]/g, (character) => ENTITIES[character]!);

const escapeAttribute = (text: string): string =>
  text.replace(NOT_ALLOWED, REPLACEMENT).replace(/[&<>"\t\n\r]/g, (character) => ENTITIES[character]!);

/** Changes every text of a document before it is escaped. */
export type Redact = (text: string) => string;

/** The text of a document, indented; characters that XML does not allow are replaced by U+FFFD. */
export const xmlDocument = (root: XmlElement, redact: Redact): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${render(root, redact, '').join('\n')}\n`;

function render(element: XmlElement, redact: Redact, indent: string): string[] {
  const { name, attributes = {}, text = '', children = [] } = element;
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeAttribute(redact(String(value)))}"`);
  const start = `${indent}<${name}${pairs.join('')}`;
  if (text === '' && children.length === 0) return [`${start}/>`];
  if (children.length === 0) return [`${start}>${escapeText(redact(text))}</${name}>`];
  return [
    `${start}>${escapeText(redact(text))}`,
    ...children.flatMap((child) => render(child, redact, `${indent}  `)),
    `${indent}</${name}>`,
  ];
}
