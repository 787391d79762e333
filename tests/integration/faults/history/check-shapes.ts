import { shapeOfTree, type StoredExecution } from './check-trees';

/** Each tree has decided what its history decides without a fault. `shapeFor`: of a root. */
export const checkShapes = (
  executions: readonly StoredExecution[],
  shapeFor: (root: StoredExecution) => readonly string[],
): string[] =>
  executions
    .filter(({ parent }) => parent === null)
    .flatMap((root) =>
      compareShapes(shapeFor(root), shapeOfTree(executions, root.id)).map((line) => `execution ${root.id}: ${line}`),
    );

/** What one shape lacks of the expected one, and what it has in addition. */
export const compareShapes = (expected: readonly string[], found: readonly string[]): string[] => [
  ...without(expected, found).map((line) => `missing: ${line}`),
  ...without(found, expected).map((line) => `unexpected: ${line}`),
];

/** The lines without those that the others have, each as often as they have it. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
