import ts from 'typescript';
import { descendants } from '../source/descendants';
import { parse } from '../source/tokens';

/** The methods of a database that may write; each call of one is a transaction. */
const WRITING_METHODS = ['inTenant', 'aloneInTenant', 'statementInTenant', 'withoutTenant', 'singleStatement'] as const;
export type WritingMethod = (typeof WRITING_METHODS)[number];

/** A call in the platform that ends with the commit of what it may have written. */
interface Transaction {
  readonly kind: 'transaction';
  readonly id: string;
  readonly method: WritingMethod;
  /** `db.inTenant`, as an expression. */
  readonly callee: ts.PropertyAccessExpression;
}

/** A route that works in the transaction of `route`. */
interface WritingRoute {
  readonly kind: 'route';
  readonly id: string;
  readonly definition: ts.ObjectLiteralExpression;
}

/** The transaction of all routes: `WritingRoute` has its ids. */
interface RouteTransaction extends Omit<Transaction, 'kind' | 'id'> {
  readonly kind: 'transaction of routes';
}

export type Boundary = Transaction | WritingRoute | RouteTransaction;

/** Where the methods are implemented: their calls there are no transactions of their own. */
const isImplementation = (file: string): boolean => file.startsWith('store/database/');

const ROUTES = 'api/http/route.ts';

/**
 * The boundaries of a source file; `name`: its path below `platform/`. An id is
 * `executor/workflows/advance:advanceWorkflow`, with `#2` for the second one of a function, and
 * `api/executions/execute:POST /api/v1/executions/execute` of a route. Throws Error for a method
 * that is not called where it is named: it would have no id.
 */
export function findBoundaries(name: string, text: string): Boundary[] {
  if (isImplementation(name)) return [];
  const file = parse(text);
  const found = descendants(file).flatMap((node): Boundary[] => boundaryAt(node, name, file));
  const ids = new Map<string, number>();
  return found.map((boundary) => {
    if (boundary.kind === 'transaction of routes') return boundary;
    const count = (ids.get(boundary.id) ?? 0) + 1;
    ids.set(boundary.id, count);
    return count === 1 ? boundary : { ...boundary, id: `${boundary.id}#${count}` };
  });
}

function boundaryAt(node: ts.Node, name: string, file: ts.SourceFile): Boundary[] {
  const place = name.replace(/\.ts$/, '');
  if (ts.isPropertyAccessExpression(node) && isWritingMethod(node.name.text)) {
    const [method, container] = [node.name.text, nameOfContainer(node)];
    if (!ts.isCallExpression(node.parent) || node.parent.expression !== node)
      throw new Error(`platform/${name}, ${container}: ${node.getText(file)} is not called where it is named`);
    if (name === ROUTES && container === 'route') return [{ kind: 'transaction of routes', method, callee: node }];
    return [{ kind: 'transaction', id: `${place}:${container}`, method, callee: node }];
  }
  const definition = routeDefinition(node);
  const method = definition && textOf(definition, 'method', file);
  if (!definition || method === 'GET') return [];
  return [{ kind: 'route', id: `${place}:${method} ${textOf(definition, 'path', file)}`, definition }];
}

const isWritingMethod = (name: string): name is WritingMethod => WRITING_METHODS.some((method) => method === name);

/** The definition that `route(api, {…})` registers. */
function routeDefinition(node: ts.Node): ts.ObjectLiteralExpression | undefined {
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression) || node.expression.text !== 'route')
    return undefined;
  const [, definition] = node.arguments;
  return definition && ts.isObjectLiteralExpression(definition) ? definition : undefined;
}

/** The text of a property, with the values of the file's constants in it; else its expression. */
function textOf(definition: ts.ObjectLiteralExpression, name: string, file: ts.SourceFile): string {
  const property = definition.properties.find((each) => each.name?.getText(file) === name);
  if (!property || !ts.isPropertyAssignment(property)) return name;
  return literalText(property.initializer, file) ?? property.initializer.getText(file);
}

function literalText(node: ts.Expression, file: ts.SourceFile): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isIdentifier(node)) return constantText(node.text, file);
  if (!ts.isTemplateExpression(node)) return undefined;
  const parts = node.templateSpans.map(
    ({ expression, literal }) => (literalText(expression, file) ?? `{${expression.getText(file)}}`) + literal.text,
  );
  return node.head.text + parts.join('');
}

function constantText(name: string, file: ts.SourceFile): string | undefined {
  const declaration = descendants(file).find(
    (node): node is ts.VariableDeclaration => ts.isVariableDeclaration(node) && node.name.getText(file) === name,
  );
  return declaration?.initializer && literalText(declaration.initializer, file);
}

/** The outermost function or constant around the node, or its `Class.method`. */
function nameOfContainer(node: ts.Node): string {
  let name = 'module';
  for (let parent = node.parent; !ts.isSourceFile(parent); parent = parent.parent) {
    if (ts.isFunctionDeclaration(parent) && parent.name) name = parent.name.text;
    if (ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name)) name = parent.name.text;
    if (ts.isMethodDeclaration(parent) && ts.isClassDeclaration(parent.parent))
      name = `${parent.parent.name?.text ?? ''}.${parent.name.getText()}`;
  }
  return name;
}
