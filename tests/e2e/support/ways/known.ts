import type { Execution } from '../../../../contract/executions';
import type { JsonObject } from '../../../../contract/json';
import { rerunName } from './reruns';
import type { Executed } from './start-ways';
import { CAUSES, waysOf, type Cause, type Way } from './ways';

/** What is known before the records are compared. */
export interface Known extends Executed {
  /** Ids by name. */
  readonly ids: ReadonlyMap<string, number>;
  /** Refs of the actions by the names of the executions. */
  readonly refs: ReadonlyMap<string, string>;
  /** By the id of the event. */
  readonly enforcements: ReadonlyMap<number | null, number>;
  /** The identities that execute. */
  readonly identities: Readonly<Record<Cause['by'], number>>;
  /** Which worker has run it, by its log. */
  readonly workers: ReadonlyMap<number, number | null>;
  /** The variables of the process of the way `request`. */
  readonly host: Readonly<Record<string, string>>;
  /** The tenant of the file. */
  readonly tenant: number;
  /** Ids of the runs of workflows, by the name of the workflow. */
  readonly runs: ReadonlyMap<string, number>;
}

/** An execution whose records are compared. */
export interface Subject {
  readonly name: string;
  readonly way: Way;
  readonly id: number;
  /** The name of the execution above it; null: it is a root. */
  readonly parent: string | null;
  readonly root: string;
  readonly cause: Cause;
  readonly known: Known;
}

const givenOf = (config: JsonObject | null): string | null => (typeof config?.given === 'string' ? config.given : null);

/** The part of a name below its parent. */
function ownName({ workflow_task: of, config, action_ref }: Execution): string {
  if (of === undefined) return givenOf(config) ?? action_ref.split('.').at(-1)!;
  const index = of.task_index === null ? '' : `[${of.task_index}]`;
  const retry = of.retry_count === 0 ? '' : `#${of.retry_count}`;
  const round = (of.round ?? 1) === 1 ? '' : `@${of.round}`;
  return `${of.task_name}${index}${retry}${round}`;
}

/** The name of each execution in the table of ways, by its id. Rows: oldest first. */
export function nameExecutions(rows: readonly Execution[]): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const row of rows) {
    const { id, parent, rerun_of: of } = row;
    const own = of === undefined ? ownName(row) : rerunName(names.get(of.execution) ?? 'unknown', of.task);
    names.set(id, parent === null ? own : `${names.get(parent)}/${own}`);
  }
  return names;
}

/** The nearest one above it. */
function causeOf(name: string): Cause {
  const above = Object.entries(CAUSES).filter(([cause]) => name === cause || name.startsWith(`${cause}/`));
  return above.sort(([a], [b]) => b.length - a.length)[0]![1];
}

/** Those of the table of ways, by their names. */
export function subjectsOf(known: Known): Subject[] {
  return Object.entries(waysOf(known)).map(([name, way]) => {
    const path = name.split('/');
    const root = path[0]!;
    const parent = path.length === 1 ? null : path.slice(0, -1).join('/');
    return { name, way, id: known.ids.get(name) ?? 0, parent, root, cause: causeOf(name), known };
  });
}
