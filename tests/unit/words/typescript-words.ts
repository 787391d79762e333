import ts from 'typescript';

/** A piece of a source file that a reader reads, and the line (from 1) it begins on. */
export interface Text {
  readonly text: string;
  readonly line: number;
}

/** What one TypeScript file says in words. */
interface SourceWords {
  /** Each name once, where it stands first. */
  readonly identifiers: readonly Text[];
  /** One entry for each line of a comment, with its marks. */
  readonly comments: readonly Text[];
  /** One entry for each line of a string or of a template's text. */
  readonly literals: readonly Text[];
  readonly titles: readonly Text[];
}

/** Functions that take the title of a test or of a group of tests as a string argument. */
const TITLED = new Set(['test', 'it', 'describe', 'claim', 'systemTest']);

export function readSource(text: string): SourceWords {
  const file = ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest, true);
  const lineAt = (position: number): number => file.getLineAndCharacterOfPosition(position).line + 1;
  const identifiers = new Map<string, Text>();
  const titles: Text[] = [];
  const literals: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && !identifiers.has(node.text))
      identifiers.set(node.text, { text: node.text, line: lineAt(node.getStart()) });
    if (isLiteral(node)) literals.push(node);
    if (ts.isCallExpression(node))
      titles.push(...titlesOf(node).map((title) => ({ ...title, line: lineAt(title.line) })));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return {
    identifiers: [...identifiers.values()],
    comments: commentsOf(text, literals, lineAt),
    literals: literals.flatMap((literal) => linesOf(literal.getText(), lineAt(literal.getStart()))),
    titles,
  };
}

const linesOf = (text: string, first: number): Text[] =>
  text.split('\n').map((line, n) => ({ text: line, line: first + n }));

const isLiteral = (node: ts.Node): boolean =>
  ts.isStringLiteral(node) || ts.isRegularExpressionLiteral(node) || ts.isTemplateLiteralToken(node);

/** The title in a call of a test function; `line` holds its position. */
function titlesOf(call: ts.CallExpression): Text[] {
  if (!TITLED.has(rootName(call.expression))) return [];
  const strings = call.arguments.flatMap((argument) => {
    const text = literalText(argument);
    return text === null ? [] : [{ text, line: argument.getStart() }];
  });
  return strings.slice(-1);
}

/** `test.each([…])` and `describe.skip` are calls of `test` and `describe`. */
function rootName(expression: ts.Expression): string {
  if (ts.isIdentifier(expression)) return expression.text;
  if (ts.isPropertyAccessExpression(expression) || ts.isCallExpression(expression))
    return rootName(expression.expression);
  return '';
}

function literalText(node: ts.Expression): string | null {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) return node.getText().slice(1, -1);
  if (!ts.isBinaryExpression(node)) return null;
  const [left, right] = [literalText(node.left), literalText(node.right)];
  return left === null || right === null ? null : left + right;
}

/** Comments stand between the literals: `//` and `/*` have no meaning of their own in a literal. */
function commentsOf(text: string, literals: readonly ts.Node[], lineAt: (position: number) => number): Text[] {
  const comments: Text[] = [];
  let position = 0;
  const scan = (end: number): void => {
    for (const match of text.slice(position, end).matchAll(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g)) {
      comments.push(...linesOf(match[0], lineAt(position + match.index)));
    }
  };
  for (const literal of literals) {
    scan(literal.getStart());
    position = literal.end;
  }
  scan(text.length);
  return comments;
}
