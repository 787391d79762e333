import type { TaskDefinition, WorkflowDefinition } from './definition';

/** The structure of a definition's transitions and parallel tasks. */
interface Graph {
  /** Tasks of the workflow without subtasks, in the order of the file. */
  readonly topLevelTasks: readonly TaskDefinition[];
  /** Tasks that no transition points to. */
  readonly entryTasks: readonly TaskDefinition[];
  /** The parallel task of a subtask. */
  readonly parentOf: ReadonlyMap<string, string>;
}

const graphCache = new WeakMap<WorkflowDefinition, Graph>();

export function graphOf(definition: WorkflowDefinition): Graph {
  const graph = graphCache.get(definition) ?? buildGraph(definition);
  graphCache.set(definition, graph);
  return graph;
}

function buildGraph({ tasks }: WorkflowDefinition): Graph {
  const all = [...tasks.values()];
  const parentOf = new Map(all.flatMap((task) => task.subtasks.map((sub) => [sub.name, task.name] as const)));
  const topLevelTasks = all.filter((task) => !parentOf.has(task.name));
  const targets = new Set(topLevelTasks.flatMap((task) => task.next.flatMap((transition) => transition.targets)));
  return { topLevelTasks, entryTasks: topLevelTasks.filter((task) => !targets.has(task.name)), parentOf };
}
