import { useMemo, useState } from 'preact/hooks';
import type { NodeModel } from '../../helpers/run-report/run-model';
import { rowsOf, type Row } from './rows';

/** The rows of a tree, of which one can be chosen, and each with descendants opened and closed. */
export interface Rows {
  readonly rows: readonly Row[];
  /** Position of the chosen row, or of the list around it; -1: it is not shown. */
  readonly at: number;
  /** Also chooses it, or the first of a list that it opens. */
  toggle(row: Row): void;
  select(row: Row): void;
  /** Answers a key as a tree does. Returns the row to show; null: the key means nothing here. */
  press(key: string): number | null;
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

export function useRows(nodes: readonly NodeModel[], chosen: number | null, choose: (id: number) => void): Rows {
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  /** A list has no id to be chosen by. */
  const [list, setList] = useState<string | null>(null);
  const rows = useMemo(() => rowsOf(nodes, toggled), [nodes, toggled]);
  const at = useMemo(() => {
    const named = rows.findIndex(({ key }) => key === (list ?? `node ${chosen ?? ''}`));
    return named === -1 ? rows.findIndex((row) => holds(row, chosen)) : named;
  }, [rows, list, chosen]);

  const select = (row: Row): void => {
    setList(row.kind === 'folded' ? row.key : null);
    if (row.kind === 'node') choose(row.node.id);
  };
  const toggle = (row: Row): void => {
    const changed = new Set(toggled);
    if (!changed.delete(row.key)) changed.add(row.key);
    setToggled(changed);
    setList(null);
    choose(row.kind === 'node' ? row.node.id : row.nodes[0]!.id);
  };
  const press = (key: string): number | null => {
    const step = STEPS[key];
    if (step !== undefined) {
      const next = Math.max(0, Math.min(rows.length - 1, at + step));
      if (rows[next]) select(rows[next]);
      return next;
    }
    const row = rows[at];
    if (!row || !changesRow(key, row.kind === 'node' ? row.isOpen : false)) return null;
    toggle(row);
    return at;
  };
  return { rows, at, toggle, select, press };
}

/** Whether a row stands for several executions, of which this is one. */
const holds = (row: Row, id: number | null): boolean =>
  row.kind === 'folded' && row.nodes.some((node) => node.id === id);

/** Whether the key opens what is closed, or closes what is open. */
const changesRow = (key: string, isOpen: boolean | null): boolean =>
  isOpen !== null && (key === 'Enter' || (key === 'ArrowRight' && !isOpen) || (key === 'ArrowLeft' && isOpen));
