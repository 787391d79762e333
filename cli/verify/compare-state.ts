import type { Execution } from '../../contract/executions';
import type { Json } from '../../contract/json';
import { didYouMean } from '../../contract/text/closest-match';
import type { Client } from '../../helpers/client/client';
import { taskName } from '../../helpers/scenario/resources/child-executions';
import { appendPointer } from '../../platform/core/secrets/json-pointer';
import { usageError } from '../failures';
import { outputOf } from '../run/output-of';
import { compareOutput, type Assertion } from './compare-output';
import type { Expectation } from './expectations';

/** Compares an execution, as it is now, with an expectation. */
export async function compareState(client: Client, execution: Execution, expected: Expectation): Promise<Assertion[]> {
  const { status, tasks, result, placeOf } = expected;
  const names = Object.keys(tasks);
  const statuses = names.length === 0 ? new Map<string, Json>() : await taskStatuses(client, execution.id);
  const assertions = [
    ...(status === null ? [] : compareOutput(status, execution.status, '/status')),
    ...names.flatMap((name) => compareOutput(tasks[name], statuses.get(name) ?? null, appendPointer('/tasks', name))),
    ...(result === null ? [] : compareOutput(result, outputOf(execution))),
  ];
  return assertions.map((assertion) => {
    const place = placeOf(assertion.path);
    return place === null ? assertion : { ...assertion, place };
  });
}

/** By task: the status of its run, or a list of them for several, in the order of their starts. */
async function taskStatuses(client: Client, id: number): Promise<ReadonlyMap<string, Json>> {
  const byTask = new Map<string, Json[]>();
  for (const child of await client.executions.children(id)) {
    const name = taskName(child);
    byTask.set(name, [...(byTask.get(name) ?? []), child.status]);
  }
  return new Map([...byTask].map(([name, statuses]) => [name, statuses.length === 1 ? statuses[0]! : statuses]));
}

/** Throws CommandError, exit 2, for a task that the workflow does not have. */
export function requireTasks(expectations: readonly Expectation[], names: readonly string[]): void {
  for (const { tasks, placeOf } of expectations)
    for (const name of Object.keys(tasks))
      if (!names.includes(name))
        throw usageError(
          `${placeOf(appendPointer('/tasks', name)) ?? ''}: the workflow has no task '${name}'; ` +
            `it has ${names.join(', ')}${didYouMean(name, names)}`,
        );
}
