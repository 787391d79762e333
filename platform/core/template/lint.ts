import type { Json } from '../../../contract/json';
import { innerOf, unchain, type Expression } from './ast';
import { MAX_DEPTH } from './budget';
import { isMixed } from './condition';
import { Fault } from './fault';
import { filterNamed } from './filters';
import { assertArity } from './functions/definition';
import { functionNamed } from './functions/table';
import { parse } from './parse';
import { segments, wholeExpression } from './segments';
import { TemplateError } from './types';

/**
 * One fault of an authored text. `path` leads to the text inside the linted value (`.list[0].name`, empty for the value
 * itself); `column` counts the characters of that text from 1.
 */
export interface LintFinding {
  readonly path: string;
  readonly column: number;
  readonly message: string;
}

/** Characters of expressions that are checked: parsing them takes up to 50 ms. */
const MOST_CHARACTERS = 50_000;
/** What finding and placing an expression costs beside its characters. */
const CHARACTERS_PER_EXPRESSION = 16;

/** How much of many texts may be checked. */
export class LintBudget {
  private left = MOST_CHARACTERS;

  /** Something was not checked. */
  get isSpent(): boolean {
    return this.left < 0;
  }

  /** False once all is used up. */
  take(source: string): boolean {
    if (this.left >= 0) this.left -= source.length + CHARACTERS_PER_EXPRESSION;
    return this.left >= 0;
  }
}

export interface Known {
  /** Shared by all texts of one document; by default each text has its own. */
  readonly budget?: LintBudget;
  /** Names that resolve, or that an author may take for resolvable: namespaces, variables, parameters. */
  readonly names: ReadonlySet<string>;
}

/** Findings told of one text: the rest is seldom news, and telling the column of each would be slow. */
const MAX_FINDINGS = 20;

/** Words that open a block in other template languages. `{%` itself is ordinary text: printf has it. */
const BLOCK = /\{%-?\s*(?:include|import|extends|from|set|for|if|macro|block|raw|call|filter)\b/g;

/** What is wrong with the templates of a value: input, publish, with_items. Never throws for a fault of the text. */
export function lint(text: Json, known: Known): LintFinding[] {
  return lintValue(text, { budget: new LintBudget(), ...known }, '', 0);
}

/** What is wrong with a `when`, which may be a bare expression. */
export function lintCondition(text: string, known: Known): LintFinding[] {
  const isBare = wholeExpression(text) === null && !isMixed(text);
  return isBare ? lintExpression(text, 0, text, known, '') : lintText(text, known, '');
}

function lintValue(value: Json, known: Known, path: string, depth: number): LintFinding[] {
  if (typeof value === 'string') return lintText(value, known, path);
  if (value === null || typeof value !== 'object') return [];
  if (depth >= MAX_DEPTH) return [{ path, column: 1, message: `syntax error: nested deeper than ${MAX_DEPTH} levels` }];
  if (Array.isArray(value)) return value.flatMap((part, at) => lintValue(part, known, `${path}[${at}]`, depth + 1));
  return Object.entries(value).flatMap(([key, part]) => lintValue(part, known, `${path}.${key}`, depth + 1));
}

function lintText(text: string, known: Known, path: string): LintFinding[] {
  const found = firstBlocks(text).map((at) => ({
    path,
    column: columnOf(text, at),
    message: 'syntax error: blocks do not exist: only `{{ expression }}`',
  }));
  for (const segment of segments(text)) {
    if (found.length >= MAX_FINDINGS) break;
    if (segment.kind === 'expression') found.push(...lintExpression(segment.text, segment.at, text, known, path));
  }
  return found.slice(0, MAX_FINDINGS);
}

function firstBlocks(text: string): number[] {
  return Array.from(text.matchAll(BLOCK), ({ index }) => index).slice(0, MAX_FINDINGS);
}

function lintExpression(source: string, offset: number, whole: string, known: Known, path: string): LintFinding[] {
  const finding = (at: number, message: string) => ({ path, column: columnOf(whole, offset + at), message });
  if (known.budget?.take(source) === false) return [];
  try {
    return faults(parse(source), known)
      .slice(0, MAX_FINDINGS)
      .map(({ at, message }) => finding(at, message));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const column = columnOf(whole, offset) + error.column - 1;
    return [{ path, column, message: `syntax error: ${error.message}` }];
  }
}

interface Misuse {
  readonly at: number;
  readonly message: string;
}

/** Names nobody knows, and calls that cannot work. A path that `default` follows may be missing. */
function faults(expression: Expression, known: Known): Misuse[] {
  const { start, links } = unchain(expression);
  const found: Misuse[] = [];
  const guard = links.find(({ kind }) => kind !== 'member' && kind !== 'index');
  const isGuarded = guard?.kind === 'filter' && guard.name === 'default';
  if (start.kind === 'name' && !isGuarded && !known.names.has(start.name))
    found.push(unknownName(start.at, start.name));
  for (const part of [start, ...links]) {
    found.push(...misuses(part), ...innerOf(part).flatMap((nested) => faults(nested, known)));
  }
  return found;
}

const unknownName = (at: number, name: string): Misuse => ({
  at,
  message: `unknown variable '${name}'. Use 'parameters.${name}' for input parameters, or define it in workflow vars`,
});

function misuses(part: Expression): Misuse[] {
  if (part.kind !== 'call' && part.kind !== 'filter') return [];
  const given = part.kind === 'filter' ? 1 : 0;
  try {
    const definition = part.kind === 'filter' ? filterNamed(part.name) : functionNamed(part.name);
    assertArity(part.name, definition, part.args.length + given, given);
    return [];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return [{ at: part.at, message: `syntax error: ${error.describe()}` }];
  }
}

const columnOf = (text: string, at: number): number => Array.from(text.slice(0, at)).length + 1;
