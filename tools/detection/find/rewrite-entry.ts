import ts from 'typescript';
import { FaultError } from '../fault';
import { descendants } from '../source/descendants';
import { parse } from '../source/tokens';
import type { Entry } from './locate-fault';

const KEYS = ['file', 'within', 'find', 'replace'] as const;
const LINE_WIDTH = 120;
const INDENT = '    ';

/** The text of a file of the catalogue without an entry of this fault is null. */
export function rewriteEntry(text: string, id: string, entry: Entry): string | null {
  const members = membersOf(parse(text), id);
  if (members === null) return null;
  const edits = KEYS.flatMap((key) => editOf({ text, id, members }, key, entry[key]));
  return edits
    .sort((left, right) => right.start - left.start)
    .reduce((result, edit) => `${result.slice(0, edit.start)}${edit.text}${result.slice(edit.end)}`, text);
}

type Members = ReadonlyMap<string, ts.PropertyAssignment>;

function membersOf(file: ts.SourceFile, id: string): Members | null {
  const entry = descendants(file)
    .filter((node) => ts.isPropertyAssignment(node))
    .find(({ name }) => name.getText(file) === id)?.initializer;
  if (entry === undefined || !ts.isObjectLiteralExpression(entry)) return null;
  const members = entry.properties.filter((property) => ts.isPropertyAssignment(property));
  return new Map(members.map((member) => [member.name.getText(file), member]));
}

/** The value of a member that is a literal text. */
function textOf(member: ts.PropertyAssignment | undefined): string | undefined {
  const value = member?.initializer;
  return value !== undefined && ts.isStringLiteralLike(value) ? value.text : undefined;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

interface Written {
  readonly text: string;
  readonly id: string;
  readonly members: Members;
}

function editOf({ text, id, members }: Written, key: (typeof KEYS)[number], value: string | undefined): Edit[] {
  const member = members.get(key);
  if (member === undefined) {
    if (value === undefined) return [];
    const after = members.get('file');
    if (after === undefined) throw new FaultError(`${id}: its entry in the catalogue has no file`);
    const start = endOfLine(text, after.end);
    return [{ start, end: start, text: memberLine(key, value) }];
  }
  if (textOf(member) === value) return [];
  const start = text.lastIndexOf('\n', member.getStart()) + 1;
  return [{ start, end: endOfLine(text, member.end), text: value === undefined ? '' : memberLine(key, value) }];
}

const endOfLine = (text: string, offset: number): number => text.indexOf('\n', offset) + 1;

function memberLine(key: string, value: string): string {
  const line = `${INDENT}${key}: ${literal(value)},\n`;
  const isLong = !value.includes('\n') && line.trimEnd().length > LINE_WIDTH;
  return isLong ? `${INDENT}${key}:\n${INDENT}  ${literal(value)},\n` : line;
}

/** As the catalogue writes texts: with back quotes only where quotes or lines are in it. */
function literal(value: string): string {
  const escaped = value.replaceAll('\\', '\\\\');
  if (!/['\n]/.test(value)) return `'${escaped}'`;
  return `\`${escaped.replaceAll('`', '\\`').replaceAll('${', '\\${')}\``;
}
