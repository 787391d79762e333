import { isCollection, isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';

/** Aliases of one document: enough for handwritten files, too few for an alias bomb. */
const MAX_ALIASES = 100;

/** Where something stands in a text, from 1. */
interface Position {
  readonly line: number;
  readonly column: number;
}

/** A parsed YAML text whose values know where they stand. */
export interface YamlSource {
  readonly value: unknown;
  /** Of the value at a path, or of the nearest value around it. */
  positionOf(path: readonly string[], what?: 'value' | 'key'): Position;
}

/** What the parser objects to, and where. */
export interface YamlFault extends Position {
  readonly message: string;
}

/** Parses YAML with one document, without duplicate keys. */
export function parseYamlSource(text: string): YamlSource | YamlFault {
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  try {
    const document = parseDocument(text, { lineCounter: lines, logLevel: 'error' });
    const [fault] = document.errors;
    if (fault) return { ...at(fault.pos[0]), message: fault.message.split(/ at line |\n/)[0]! };
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return { value, positionOf: (path, what = 'value') => at(offsetOf(document, path, what)) };
  } catch (error) {
    // The library's errors for an alias bomb, an unknown alias, and a nesting that is too deep.
    if (error instanceof ReferenceError || error instanceof RangeError)
      return { line: 1, column: 1, message: error.message };
    throw error;
  }
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
