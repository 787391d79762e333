import { loadDefinition } from '../core/workflow/load';
import { isWorkflowBody, stemOf, yamlFilesIn } from './component-files';
import type { ActionFile, WorkflowFile } from './components';
import { Fields } from './fields';
import { PackFileError } from './problems';
import { actionFile } from './read-actions';
import { standAloneWorkflow } from './read-workflows';
import { readYaml } from './yaml-file';

/** One workflow of a pack's files, or why it is none. */
export interface WorkflowReading {
  /** The part of its ref after the dot; where that cannot be read, the file's own name. */
  readonly name: string;
  readonly found:
    | { readonly is: 'action'; readonly action: ActionFile; readonly workflow: WorkflowFile }
    | { readonly is: 'stand-alone'; readonly workflow: WorkflowFile }
    | { readonly is: 'wrong'; readonly why: string };
  /** What it will not do as its author may think. */
  readonly findings: readonly string[];
}

/** Every workflow below a pack's directory: those of actions, then those that stand alone. */
export async function readWorkflowFiles(directory: string, pack: string): Promise<WorkflowReading[]> {
  const claimed = new Set<string>();
  const ofActions: WorkflowReading[] = [];
  for (const name of (await yamlFilesIn(directory, 'actions')).filter((file) => !isWorkflowBody(file))) {
    const reading = await attempt(name, async () => {
      const file = await readYaml(directory, name);
      if (new Fields(file).value('workflow_file') === undefined) return null;
      const action = await actionFile(file, { directory, pack, builtins: false, warnings: [], claimed });
      return action.workflow && { is: 'action' as const, action, workflow: action.workflow };
    });
    if (reading !== null) ofActions.push(reading);
  }
  const taken = new Set(ofActions.map(({ name }) => name));
  return [...ofActions, ...(await standAlone(directory, pack, claimed, taken))];
}

async function standAlone(
  directory: string,
  pack: string,
  claimed: ReadonlySet<string>,
  taken: Set<string>,
): Promise<WorkflowReading[]> {
  const readings: WorkflowReading[] = [];
  const files = [
    ...(await yamlFilesIn(directory, 'actions/workflows')),
    ...(await yamlFilesIn(directory, 'workflows')),
  ];
  for (const name of files.filter((file) => !claimed.has(file))) {
    if (taken.has(stemOf(name))) continue; // the one before it wins, as at registration
    taken.add(stemOf(name));
    const reading = await attempt(name, async () => {
      const workflow = standAloneWorkflow(await readYaml(directory, name), pack);
      return { is: 'stand-alone' as const, workflow };
    });
    if (reading !== null) readings.push(reading);
  }
  return readings;
}

async function attempt(
  file: string,
  read: () => Promise<Exclude<WorkflowReading['found'], { is: 'wrong' }> | null>,
): Promise<WorkflowReading | null> {
  try {
    const found = await read();
    return found && { name: nameOf(found.workflow.ref), found, findings: findingsOf(found.workflow) };
  } catch (error) {
    if (!(error instanceof PackFileError)) throw error;
    return { name: stemOf(file), found: { is: 'wrong', why: error.message }, findings: [] };
  }
}

const nameOf = (ref: string): string => ref.slice(ref.indexOf('.') + 1);

const findingsOf = ({ definition, ref }: WorkflowFile): string[] => loadDefinition(definition, { ref }).warnings;
