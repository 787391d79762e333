import type { TaskDefinition, WorkflowDefinition } from './definition';

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
  /**
   * The tasks to which a transition leads back, outer loops before those inside of them: their
   * position in this order. Each is the head of a loop.
   */
  readonly loopHeads: ReadonlyMap<string, number>;
  /** Whether a transition from one task to the other leads back: it starts another round. */
  leadsBack(from: string, to: string): boolean;
  /** The heads of the loops that a task is in. Computed on first use. */
  loopsAround(task: string): ReadonlySet<string>;
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
  const { heads, back } = findLoops(
    entryTasks.map(({ name }) => name),
    targetsOf,
  );
  let around: ReadonlyMap<string, ReadonlySet<string>> | null = null;
  return {
    topLevelTasks,
    entryTasks,
    predecessors,
    parentOf,
    loopHeads: new Map(heads.map((head, position) => [head, position])),
    leadsBack: (from, to) => back.get(to)?.has(from) ?? false,
    loopsAround: (task) => (around ??= loopMembers(back, predecessors)).get(task) ?? NO_LOOPS,
  };
}

const NO_LOOPS: ReadonlySet<string> = new Set();

/** In the order of the file. */
const distinctTargets = ({ next }: TaskDefinition, positions: ReadonlyMap<string, number>): string[] =>
  [...new Set(next.flatMap(({ targets }) => targets))].sort((a, b) => positions.get(a)! - positions.get(b)!);

/** Transitions by name of a task: to its targets, or from its predecessors. */
type Edges<Names> = ReadonlyMap<string, Names>;

function predecessorsIn(targetsOf: Edges<readonly string[]>): Map<string, string[]> {
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

interface Loops {
  /** In the order in which a search in depth from the entry tasks meets them. */
  readonly heads: readonly string[];
  /** By head: the tasks that lead back to it. */
  readonly back: Edges<ReadonlySet<string>>;
}

/**
 * A transition leads back where its target is on the path of a search in depth, in order of the
 * file. Without recursion: a path may have thousands of tasks.
 */
function findLoops(entries: readonly string[], targetsOf: Edges<readonly string[]>): Loops {
  const back = new Map<string, Set<string>>();
  const order = new Map<string, number>();
  const onPath = new Set<string>();
  for (const entry of entries) {
    const path = order.has(entry) ? [] : [{ name: entry, at: 0 }];
    for (let task = path.at(-1); task; task = path.at(-1)) {
      if (task.at === 0 && !order.has(task.name)) order.set(task.name, order.size);
      onPath.add(task.name);
      const target = targetsOf.get(task.name)?.[task.at];
      task.at += 1;
      if (target === undefined) {
        onPath.delete(task.name);
        path.pop();
      } else if (onPath.has(target)) {
        back.set(target, (back.get(target) ?? new Set()).add(task.name));
      } else if (!order.has(target)) path.push({ name: target, at: 0 });
    }
  }
  return { heads: [...back.keys()].sort((a, b) => order.get(a)! - order.get(b)!), back };
}

/** By task, the heads of its loops: a loop is its head and what leads back to it without it. */
function loopMembers(
  back: Edges<ReadonlySet<string>>,
  predecessors: Edges<readonly string[]>,
): Map<string, ReadonlySet<string>> {
  const around = new Map<string, Set<string>>();
  for (const [head, last] of back) {
    const members = new Set([head, ...last]);
    for (const member of members) {
      if (member !== head) predecessors.get(member)?.forEach((source) => members.add(source));
      around.set(member, (around.get(member) ?? new Set()).add(head));
    }
  }
  return around;
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
