import type { NodeModel } from '../../helpers/run-report/run-model';

/** One line of the tree: an execution, or items of one list that are in one status. */
export type Row = NodeRow | FoldedRow;

interface NodeRow {
  readonly kind: 'node';
  readonly key: string;
  readonly node: NodeModel;
  /** Null: it has no descendants. */
  readonly isOpen: boolean | null;
}

interface FoldedRow {
  readonly kind: 'folded';
  readonly key: string;
  readonly depth: number;
  readonly label: string;
  readonly nodes: readonly NodeModel[];
}

/** The key of a row, by which it is opened and closed. */
export type Toggled = ReadonlySet<string>;

/** Of a list with so many items without descendants, those of one status are one row. */
const FOLDED_FROM = 8;

/**
 * The lines of a tree. Executions are open, and lists folded; a key in `toggled` is the other way
 * round.
 */
export function rowsOf(nodes: readonly NodeModel[], toggled: Toggled): Row[] {
  const folded = foldedKeys(nodes);
  const rows: Row[] = [];
  let hiddenBelow = Infinity;
  for (const [n, node] of nodes.entries()) {
    if (node.depth > hiddenBelow) continue;
    hiddenBelow = Infinity;
    const fold = folded.get(n);
    const key = fold?.key ?? '';
    if (fold && !toggled.has(key)) {
      if (fold.first === n) rows.push({ kind: 'folded', key, depth: node.depth, label: node.label, nodes: fold.nodes });
      continue;
    }
    const hasDescendants = (nodes[n + 1]?.depth ?? 0) > node.depth;
    const isOpen = hasDescendants ? !toggled.has(`node ${node.id}`) : null;
    rows.push({ kind: 'node', key: `node ${node.id}`, node, isOpen });
    if (isOpen === false) hiddenBelow = node.depth;
  }
  return rows;
}

interface FoldOf {
  readonly key: string;
  readonly first: number;
  readonly nodes: NodeModel[];
}

/** The fold of each position that is a part of one. */
function foldedKeys(nodes: readonly NodeModel[]): Map<number, FoldOf> {
  const lists = new Map<string, { position: number; node: NodeModel }[]>();
  const parents: number[] = [];
  for (const [position, node] of nodes.entries()) {
    parents[node.depth] = node.id;
    const isLeaf = (nodes[position + 1]?.depth ?? 0) <= node.depth;
    if (node.index === null || !isLeaf) continue;
    const key = `list ${parents[node.depth - 1] ?? 0} ${node.label}`;
    const list = lists.get(key) ?? [];
    lists.set(key, list);
    list.push({ position, node });
  }
  const folds = new Map<number, FoldOf>();
  for (const [key, list] of lists) {
    if (list.length < FOLDED_FROM) continue;
    for (const status of new Set(list.map(({ node }) => node.status))) {
      const items = list.filter(({ node }) => node.status === status);
      if (items.length === 1) continue;
      const fold = { key: `${key} ${status}`, first: items[0]!.position, nodes: items.map(({ node }) => node) };
      for (const { position } of items) folds.set(position, fold);
    }
  }
  return folds;
}

/** The name of a row, with what is special about it. */
export function rowText(row: Row): string {
  if (row.kind === 'folded') return `${row.label} × ${row.nodes.length}: ${row.nodes[0]!.status}`;
  const { label, index, facts } = row.node;
  return [`${label}${index === null ? '' : `[${index}]`}`, ...facts].join(' · ');
}
