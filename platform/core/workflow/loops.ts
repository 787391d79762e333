/** Transitions by name of a task: to its targets, or from its predecessors. */
export type Edges = ReadonlyMap<string, readonly string[]>;

/** A set of tasks each of which leads to every other one, or a task that leads to itself. */
export interface Loop {
  /** The first task at which it begins. */
  readonly name: string;
  /** The tasks at which it can be entered: their position in the file. */
  readonly heads: ReadonlyMap<string, number>;
  /**
   * By member: the position of the last head from which it is reached without another head. A
   * transition leads back where that is not before its target.
   */
  readonly members: ReadonlyMap<string, number>;
}

interface Tasks {
  /** In the order of the file. */
  readonly entries: readonly string[];
  readonly positions: ReadonlyMap<string, number>;
  readonly targetsOf: Edges;
  readonly predecessors: Edges;
}

/**
 * The loops that a run can reach, outer ones before those inside of them. The transitions that
 * lead to a head do not belong to what is inside of a loop, so that inner loops have heads of
 * their own.
 */
export function findLoops(tasks: Tasks): Loop[] {
  const loops: Loop[] = [];
  const order = searchInDepth(tasks.entries, tasks.targetsOf, () => true).found;
  const reached = new Set(order);
  const pending: ReadonlySet<string>[] = [reached];
  for (const members of pending) {
    for (const component of componentsOf(tasks, members)) {
      const loop = loopOf(tasks, component, reached);
      loops.push(loop);
      pending.push(new Set([...component].filter((name) => !loop.heads.has(name))));
    }
  }
  const found = new Map(order.map((name, index) => [name, index]));
  const foundAt = ({ heads }: Loop) => Math.min(...[...heads.keys()].map((name) => found.get(name)!));
  return loops.sort((a, b) => foundAt(a) - foundAt(b));
}

/** The heads are the entry tasks, and the targets of transitions from outside. */
function loopOf(tasks: Tasks, component: ReadonlySet<string>, reached: ReadonlySet<string>): Loop {
  const { entries, positions, targetsOf, predecessors } = tasks;
  const isOutside = (name: string) => reached.has(name) && !component.has(name);
  const isHead = (name: string) => entries.includes(name) || predecessors.get(name)?.some(isOutside);
  const ordered = [...component].filter(isHead).sort((a, b) => positions.get(a)! - positions.get(b)!);
  const heads = new Map(ordered.map((name) => [name, positions.get(name)!]));
  const members = new Map<string, number>();
  for (const head of ordered.reverse()) {
    const isNew = (name: string) => component.has(name) && !heads.has(name) && !members.has(name);
    for (const name of searchInDepth([head], targetsOf, isNew).found) members.set(name, heads.get(head)!);
  }
  return { name: ordered.at(-1)!, heads, members };
}

/** The strongly connected components of these tasks that have a transition inside. */
function componentsOf({ targetsOf, predecessors }: Tasks, members: ReadonlySet<string>): ReadonlySet<string>[] {
  const left = new Set(members);
  const { ended } = searchInDepth([...members], targetsOf, (name) => members.has(name));
  return ended.reverse().flatMap((name) => {
    if (!left.has(name)) return [];
    const component = new Set(searchInDepth([name], predecessors, (other) => left.has(other)).found);
    component.forEach((other) => left.delete(other));
    return component.size > 1 || targetsOf.get(name)?.includes(name) ? [component] : [];
  });
}

/** Tasks in the order in which a search finds them, and in that in which it leaves them. */
interface Search {
  readonly found: string[];
  readonly ended: string[];
}

/** Without recursion: a path may have thousands of tasks. */
function searchInDepth(starts: readonly string[], edges: Edges, follows: (name: string) => boolean): Search {
  const found = new Set<string>();
  const ended: string[] = [];
  for (const start of starts) {
    const path = found.has(start) ? [] : [{ name: start, at: 0 }];
    found.add(start);
    for (let task = path.at(-1); task; task = path.at(-1)) {
      const target = edges.get(task.name)?.[task.at];
      task.at += 1;
      if (target === undefined) {
        ended.push(task.name);
        path.pop();
      } else if (!found.has(target) && follows(target)) {
        found.add(target);
        path.push({ name: target, at: 0 });
      }
    }
  }
  return { found: [...found], ended };
}
