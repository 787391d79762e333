import { findBoundaries, type Boundary } from './find-boundaries';

interface Insertion {
  readonly start: number;
  /** Of the text that it replaces; `start` where it replaces none. */
  readonly end: number;
  readonly text: string;
}

/**
 * The source with a fault point at every boundary, from the module at this path. `name`: path of
 * the file below `platform/`.
 */
export function instrumentBoundaries(name: string, source: string, faultPointModule: string): string {
  const insertions = findBoundaries(name, source).flatMap(insertionsOf);
  if (insertions.length === 0) return source;
  const changed = insertions
    .sort((a, b) => b.start - a.start)
    .reduce((text, { start, end, text: inserted }) => text.slice(0, start) + inserted + text.slice(end), source);
  return `import { faultPoint, namedRoute, idOfRoute } from ${JSON.stringify(faultPointModule)};\n${changed}`;
}

function insertionsOf(boundary: Boundary): Insertion[] {
  if (boundary.kind === 'route') return around(boundary.definition, 'namedRoute(', `, ${JSON.stringify(boundary.id)})`);
  const id = boundary.kind === 'transaction' ? JSON.stringify(boundary.id) : 'idOfRoute(definition)';
  const { expression, end } = boundary.callee;
  const before = { start: expression.getStart(), end: expression.getStart(), text: 'faultPoint(' };
  return [before, { start: expression.end, end, text: `, '${boundary.method}', ${id})` }];
}

const around = (node: { getStart(): number; readonly end: number }, before: string, after: string): Insertion[] => [
  { start: node.getStart(), end: node.getStart(), text: before },
  { start: node.end, end: node.end, text: after },
];
