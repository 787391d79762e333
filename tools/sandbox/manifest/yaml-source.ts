import {
  isCollection,
  isMap,
  isScalar,
  isNode,
  LineCounter,
  parseAllDocuments,
  parseDocument,
  type Document,
  type ParseOptions,
  type DocumentOptions,
  type SchemaOptions,
  type ScalarTag,
  type YAMLError,
} from 'yaml';
import { countNodes, resolveAliases } from '../../../contract/text/yaml-nodes';

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
  /** What a tag of compose says of the value at a path; null: nothing. */
  mergeTagOf(path: readonly string[]): MergeTag | null;
}

/** `reset` removes what a value is merged with, and the value; `override` the first alone. */
export type MergeTag = 'reset' | 'override';

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

type Options = ParseOptions & DocumentOptions & SchemaOptions;
const OPTIONS = { logLevel: 'error', merge: true } as const;

/** Parses YAML with one document, without duplicate keys; merge keys (`<<`) are replaced. */
export function parseYamlSource(text: string): YamlSource | YamlFault {
  const sources = parseWith(text, (options) => [parseDocument(text, Object.assign(options, OPTIONS))]);
  return 'message' in sources ? sources : sources[0]!;
}

/**
 * The same for any number of documents, which compose merges. It gives texts and null only, as
 * programs get them in their environment.
 */
export function parseYamlTexts(text: string): readonly YamlSource[] | YamlFault {
  const customTags = ['null' as const, ...NUMBERS_AS_TEXT];
  return parseWith(text, (options) => {
    const documents = parseAllDocuments(text, Object.assign(options, OPTIONS, { schema: 'failsafe', customTags }));
    return 'empty' in documents ? [] : documents;
  });
}

function parseWith(
  text: string,
  parse: (options: Options) => readonly Document.Parsed[],
): readonly YamlSource[] | YamlFault {
  const lineCounter = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const faultOf = (error: YAMLError): YamlFault => ({ ...at(error.pos[0]), message: messageOf(error, text) });
  try {
    const documents = parse({ lineCounter });
    const [fault] = documents.flatMap(({ errors }) => errors);
    if (fault) return faultOf(fault);
    documents.forEach(resolveAliases);
    if (documents.some((document) => countNodes(document) > MAX_NODES))
      return { line: 1, column: 1, message: `aliases repeat too much: more than ${MAX_NODES} values` };
    return documents.map((document) => ({
      value: document.toJS({ maxAliasCount: -1 }) as unknown,
      warnings: document.warnings.filter(({ message }) => !MERGE_TAG.test(message)).map(faultOf),
      positionOf: (path, what = 'value') => at(offsetOf(document, path, what)),
      mergeTagOf: (path) => mergeTagOf(document, path),
    }));
  } catch (error) {
    // The library's errors for an unknown alias, and a nesting that is too deep.
    if (error instanceof ReferenceError || error instanceof RangeError)
      return { line: 1, column: 1, message: error.message };
    throw error;
  }
}

/** The parser does not know these tags, and keeps the values. */
const MERGE_TAG = /^Unresolved tag: !(?:reset|override)\b/;

function messageOf({ code, pos, message }: YAMLError, text: string): string {
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here; right would be one';
  const [key] = /^[^\s:]+/.exec(text.slice(pos[0])) ?? [];
  if (code === 'DUPLICATE_KEY') return `the key ${key} is given twice; right would be one of them`;
  return message.split(/ at line |\n/)[0]!;
}

function mergeTagOf(document: Document.Parsed, path: readonly string[]): MergeTag | null {
  const node: unknown = path.length === 0 ? document.contents : document.getIn(keysOf(path), true);
  const tag = isNode(node) ? node.tag : undefined;
  if (tag === '!reset') return 'reset';
  return tag === '!override' ? 'override' : null;
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
