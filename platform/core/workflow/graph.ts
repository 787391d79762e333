import type { TaskDefinition, WorkflowDefinition } from './definition';
import { findLoops, type Edges } from './loops';

/** The structure of a definition's transitions and parallel tasks. */
interface Graph {
  /** Tasks of the workflow without subtasks, in the order of the file. */
  readonly topLevelTasks: readonly TaskDefinition[];
  /**
   * Tasks that no other task points to; the first of the file where every task has a predecessor.
   */
  readonly entryTasks: readonly TaskDefinition[];
  /** The tasks whose transitions point to a task, which may be one of them. */
  readonly predecessors: ReadonlyMap<string, readonly string[]>;
  /** The parallel task of a subtask. */
  readonly parentOf: ReadonlyMap<string, string>;
  /** The loops, outer ones before those inside of them: their position in this order. */
  readonly loops: ReadonlyMap<string, number>;
  /** The loop that begins at a task; undefined: none does. */
  loopAt(head: string): string | undefined;
  /** Whether a transition from one task to the other leads back: it starts another round. */
  leadsBack(from: string, to: string): boolean;
  isInLoop(task: string, loop: string): boolean;
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
  const positions = new Map(topLevelTasks.map(({ name }, position) => [name, position]));
  const targetsOf = new Map(topLevelTasks.map((task) => [task.name, distinctTargets(task, positions)]));
  const predecessors = predecessorsIn(targetsOf);
  const isFirst = ({ name }: TaskDefinition) => predecessors.get(name)?.every((other) => other === name) ?? true;
  const withoutOther = topLevelTasks.filter(isFirst);
  const entryTasks = withoutOther.length > 0 ? withoutOther : topLevelTasks.slice(0, 1);
  const entries = entryTasks.map(({ name }) => name);
  const loops = findLoops({ entries, positions, targetsOf, predecessors });
  const byName = new Map(loops.map((loop) => [loop.name, loop]));
  const byHead = new Map(loops.flatMap((loop) => [...loop.heads.keys()].map((head) => [head, loop] as const)));
  return {
    topLevelTasks,
    entryTasks,
    predecessors,
    parentOf,
    loops: new Map(loops.map(({ name }, position) => [name, position])),
    loopAt: (head) => byHead.get(head)?.name,
    leadsBack: (from, to) => {
      const { members, heads } = byHead.get(to) ?? {};
      const last = members?.get(from);
      return last !== undefined && last >= heads!.get(to)!;
    },
    isInLoop: (task, loop) => byName.get(loop)?.members.has(task) ?? false,
  };
}

/** In the order of the file. */
const distinctTargets = ({ next }: TaskDefinition, positions: ReadonlyMap<string, number>): string[] =>
  [...new Set(next.flatMap(({ targets }) => targets))].sort((a, b) => positions.get(a)! - positions.get(b)!);

function predecessorsIn(targetsOf: Edges): Map<string, string[]> {
  const predecessors = new Map<string, string[]>();
  for (const [name, targets] of targetsOf) {
    for (const target of targets) {
      const others = predecessors.get(target);
      if (others === undefined) predecessors.set(target, [name]);
      else others.push(name);
    }
  }
  return predecessors;
}

/** Breadth first from the tasks that start first; subtasks follow their parallel task. */
export function planOrder(definition: WorkflowDefinition): string[] {
  const order = new Set(graphOf(definition).entryTasks.map(({ name }) => name));
  for (const name of order) {
    const task = definition.tasks.get(name);
    task?.subtasks.forEach((subtask) => order.add(subtask.name));
    task?.next.forEach(({ targets }) => targets.forEach((target) => order.add(target)));
  }
  return [...order];
}
