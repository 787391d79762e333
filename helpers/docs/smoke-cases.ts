import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { AnyTask } from '../scenario/resources/workflow-task';
import { builtInKinds } from '../scenario/built-in-kinds';
import type { StepKindCase } from '../scenario/step-kind';

const CORE_ACTIONS = 'packs/core/actions';

/** An action of pack core that no smoke case runs. */
interface UntestedAction {
  readonly ref: string;
  /** Path below the root. */
  readonly file: string;
}

/** The actions of pack core that no case of the matrix of step kinds runs, by file. */
export function untestedCoreActions(root: string): UntestedAction[] {
  const tested = refsRun(Object.values(builtInKinds('', {})));
  return readdirSync(join(root, CORE_ACTIONS))
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => `${CORE_ACTIONS}/${name}`)
    .map((file) => ({ ref: refOf(readFileSync(join(root, file), 'utf8'), file), file }))
    .filter(({ ref }) => !tested.has(ref));
}

const refsRun = (cases: readonly StepKindCase[]): Set<string> =>
  new Set(cases.flatMap(({ tasks }) => tasks.flatMap(actionsOf)));

const actionsOf = (task: AnyTask): string[] =>
  'tasks' in task ? task.tasks.map(({ action }) => action) : [task.action];

function refOf(text: string, file: string): string {
  const { ref } = parse(text) as { ref?: unknown };
  if (typeof ref !== 'string') throw new Error(`${file} states no ref`);
  return ref;
}
