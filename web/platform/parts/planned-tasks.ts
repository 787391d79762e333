import type { TakenOver } from '../../../contract/executions';
import type { Json, JsonObject } from '../../../contract/json';
import type { PlannedTask } from '../../../helpers/run-report/task-graph';

/** Keys of a task whose value names tasks, beside `next`. */
const NAMING_KEYS = ['on_success', 'on_failure', 'on_complete', 'on_timeout'];

/** The tasks with the names that their transitions hold, in either of their notations. */
export const planOf = ({ tasks }: JsonObject): readonly PlannedTask[] =>
  mapsIn(tasks).map((task) => ({
    name: textsIn(task.name)[0] ?? '',
    next: [
      ...[...mapsIn(task.next), ...mapsIn(task.decision)].flatMap((entry) => [
        ...textsIn(entry.do),
        ...textsIn(entry.next),
      ]),
      ...NAMING_KEYS.flatMap((key) => textsIn(task[key])),
    ],
  }));

const mapsIn = (value: Json | undefined): JsonObject[] =>
  Array.isArray(value)
    ? value.filter((entry): entry is JsonObject => typeof entry === 'object' && entry !== null && !Array.isArray(entry))
    : [];

const textsIn = (value: Json | undefined): string[] =>
  typeof value === 'string' ? [value] : Array.isArray(value) ? value.filter((text) => typeof text === 'string') : [];

/** The same with the tasks marked whose results an earlier execution has. */
export function withTakenOver(
  plan: readonly PlannedTask[] | undefined,
  takenOver: readonly TakenOver[] = [],
): readonly PlannedTask[] | undefined {
  const names = new Set(takenOver.map(({ task_name: name }) => name));
  const known = plan ?? [...names].map((name) => ({ name, next: [] }));
  return names.size === 0 ? plan : known.map((task) => ({ ...task, isTakenOver: names.has(task.name) }));
}
