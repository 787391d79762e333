import ts from 'typescript';

/** A row id at the start of a title; several ids may follow each other. */
const IDS = /^(?:[A-Z]{2}-\d{2}:? )+/;
const ID = /[A-Z]{2}-\d{2}/g;

/** Calls that register a test which does not run. */
const INACTIVE = /\.(skip|todo|failing)\b/;

/** Only a text with such a literal can have a title with an id. */
const LITERAL = /['"`][A-Z]{2}-\d{2}/;

/** The row ids at the start of the title of each active test or group in a source text. */
export function rowIdsOf(text: string): string[] {
  if (!LITERAL.test(text)) return [];
  const ids: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) ids.push(...rowIdsOfCall(node));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest, true));
  return ids;
}

function rowIdsOfCall({ expression, arguments: [title, body] }: ts.CallExpression): string[] {
  if (!title || !ts.isStringLiteralLike(title) || !body) return [];
  if (INACTIVE.test(expression.getText())) return [];
  const [start = ''] = IDS.exec(title.text) ?? [];
  return start.match(ID) ?? [];
}
