import { childExpressions, unchain, type Expression, type Leaf } from './ast';
import { pathText } from './path-text';

/** Functions whose value is that of the task that ended, and not of their arguments. */
const TASK_FUNCTIONS: ReadonlySet<string> = new Set(['result', 'succeeded', 'failed', 'timed_out']);

/** The paths that an expression reads, in its order: `parameters.list[0]`, `result().x`. */
export function pathsRead(expression: Expression): string[] {
  const found = new Set<string>();
  collect(expression, found);
  return [...found];
}

function collect(expression: Expression, found: Set<string>): void {
  const { start, links } = unchain(expression);
  if (readsContext(start)) found.add(withoutArguments(pathText(pathFrom(start, links))));
  for (const part of [start, ...links]) for (const inner of childExpressions(part)) collect(inner, found);
}

/** These functions have no arguments. */
const withoutArguments = (path: string): string => path.replace(/^(\w+)\(…\)/, '$1()');

const readsContext = (start: Leaf): boolean =>
  start.kind === 'name' || (start.kind === 'call' && TASK_FUNCTIONS.has(start.name));

/** The members and elements from the start of a chain up to its first operator or filter. */
function pathFrom(start: Leaf, links: ReturnType<typeof unchain>['links']): Expression {
  const end = links.findIndex(({ kind }) => kind !== 'member' && kind !== 'index');
  return links[(end === -1 ? links.length : end) - 1] ?? start;
}
