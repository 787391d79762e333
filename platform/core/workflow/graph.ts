import type { Definition, Task } from './types';

/** What a definition's transitions and parallel tasks say, worked out once. */
export interface Graph {
  /** Tasks of the workflow itself, without subtasks, in the order of the file. */
  readonly own: readonly Task[];
  /** Tasks that no transition points to. */
  readonly entries: readonly Task[];
  /** The parallel task of a subtask. */
  readonly parentOf: ReadonlyMap<string, string>;
}

const known = new WeakMap<Definition, Graph>();

export function graphOf(definition: Definition): Graph {
  const graph = known.get(definition) ?? drawn(definition);
  known.set(definition, graph);
  return graph;
}

function drawn({ tasks }: Definition): Graph {
  const all = [...tasks.values()];
  const parentOf = new Map(all.flatMap((task) => task.subtasks.map((sub) => [sub.name, task.name] as const)));
  const own = all.filter((task) => !parentOf.has(task.name));
  const targets = new Set(own.flatMap((task) => task.next.flatMap((transition) => transition.to)));
  return { own, entries: own.filter((task) => !targets.has(task.name)), parentOf };
}
