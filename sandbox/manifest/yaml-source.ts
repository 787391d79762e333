import {
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  parseDocument,
  type Document,
  type ScalarTag,
  type YAMLError,
} from 'yaml';
import { countNodes } from '../../contract/text/yaml-nodes';

/** Of a document whose aliases are replaced: far more than files of people have. */
const MAX_NODES = 600_000;

/** Where something stands in a text, from 1. */
interface Position {
  readonly line: number;
  readonly column: number;
}

/** A parsed YAML text whose values know where they stand. */
export interface YamlSource {
  readonly value: unknown;
  /** What the parser warns of, such as a tag that it does not know. */
  readonly warnings: readonly YamlFault[];
  /** Of the value at a path, or of the nearest value around it. */
  positionOf(path: readonly string[], what?: 'value' | 'key'): Position;
}

/** What the parser objects to, and where. */
export interface YamlFault extends Position {
  readonly message: string;
}

/**
 * Numbers as the text that engines make of them, each digit kept: `0755` is octal, 1.10 is 1.1.
 */
const NUMBERS_AS_TEXT: readonly ScalarTag[] = [
  { tag: 'tag:yaml.org,2002:int', default: true, test: /^-?0[0-7]+$/, resolve: octalText },
  { tag: 'tag:yaml.org,2002:int', default: true, test: /^[-+]?[0-9]+$|^0[xo][0-9a-fA-F]+$/, resolve: integerText },
  {
    tag: 'tag:yaml.org,2002:float',
    default: true,
    resolve: (text) => String(Number(text)),
    test: /^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?$/,
  },
];

function octalText(text: string): string {
  return text.startsWith('-') ? `-${BigInt(`0o${text.slice(1)}`)}` : String(BigInt(`0o${text}`));
}

function integerText(text: string): string {
  return String(BigInt(text.replace(/^\+/, '')));
}

/**
 * Parses YAML with one document, without duplicate keys; merge keys (`<<`) are replaced by what
 * they name. `scalars`: `texts` gives texts and null only, as programs get them in their
 * environment.
 */
export function parseYamlSource(text: string, scalars: 'values' | 'texts' = 'values'): YamlSource | YamlFault {
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  try {
    const document = parseText(text, lines, scalars);
    const faultOf = ({ pos, message }: YAMLError): YamlFault => ({
      ...at(pos[0]),
      message: message.split(/ at line |\n/)[0]!,
    });
    const [fault] = document.errors;
    if (fault) return faultOf(fault);
    if (countNodes(document.contents, document) > MAX_NODES)
      return { line: 1, column: 1, message: `aliases repeat too much: more than ${MAX_NODES} values` };
    const value: unknown = document.toJS({ maxAliasCount: -1 });
    const warnings = document.warnings.map(faultOf);
    return { value, warnings, positionOf: (path, what = 'value') => at(offsetOf(document, path, what)) };
  } catch (error) {
    // The library's errors for an unknown alias, and a nesting that is too deep.
    if (error instanceof ReferenceError || error instanceof RangeError)
      return { line: 1, column: 1, message: error.message };
    throw error;
  }
}

function parseText(text: string, lineCounter: LineCounter, scalars: 'values' | 'texts'): Document.Parsed {
  if (scalars === 'values') return parseDocument(text, { lineCounter, logLevel: 'error', merge: true });
  const customTags = ['null' as const, ...NUMBERS_AS_TEXT];
  return parseDocument(text, { lineCounter, logLevel: 'error', merge: true, schema: 'failsafe', customTags });
}

function offsetOf(document: Document.Parsed, path: readonly string[], what: 'value' | 'key'): number {
  const start = document.contents?.range?.[0] ?? 0;
  if (path.length === 0) return start;
  const parent = path.length === 1 ? document.contents : document.getIn(keysOf(path.slice(0, -1)), true);
  const last = path.at(-1)!;
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === last);
    const node = what === 'key' ? pair?.key : (pair?.value ?? pair?.key);
    return rangeOf(node) ?? offsetOf(document, path.slice(0, -1), 'value');
  }
  const item: unknown = isCollection(parent) ? parent.get(Number(last), true) : undefined;
  return rangeOf(item) ?? offsetOf(document, path.slice(0, -1), 'value');
}

/** The parser finds the items of a list by number. */
const keysOf = (path: readonly string[]): (string | number)[] =>
  path.map((part) => (/^\d+$/.test(part) ? Number(part) : part));

function rangeOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range)) return undefined;
  return node.range[0] as number;
}
