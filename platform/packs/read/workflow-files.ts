import { loadDefinition } from '../../core/workflow/load/load-definition';
import { isWorkflowBody, fileStem, listYamlFiles } from './component-files';
import type { ActionFile, WorkflowFile } from './components';
import { YamlFields } from './yaml-fields';
import { PackFileError } from '../pack-errors';
import { readActionFile } from './actions';
import { readStandaloneWorkflow } from './workflows';
import { readYaml } from './yaml-file';

/** One workflow of a pack's files, or why it is invalid. */
export interface WorkflowFileResult {
  /** The ref after the dot; the file's name where the ref cannot be read. */
  readonly name: string;
  readonly found:
    | { readonly is: 'action'; readonly action: ActionFile; readonly workflow: WorkflowFile }
    | { readonly is: 'stand-alone'; readonly workflow: WorkflowFile }
    | { readonly is: 'wrong'; readonly why: string };
  /** Mistakes that do not prevent loading. */
  readonly warnings: readonly string[];
}

/**
 * All workflows below a pack's directory that registration takes: those of actions, then the
 * standalone ones.
 */
export async function readWorkflowFiles(directory: string, pack: string): Promise<WorkflowFileResult[]> {
  const actionWorkflowFiles = new Set<string>();
  const actionWorkflows: WorkflowFileResult[] = [];
  const actionRefs = new Set<string>();
  for (const name of (await listYamlFiles(directory, 'actions')).filter((file) => !isWorkflowBody(file))) {
    const result = await readOne(name, async () => {
      const file = await readYaml(directory, name);
      const isWorkflow = new YamlFields(file).value('workflow_file') !== undefined;
      const context = { directory, pack, builtins: false, warnings: [], actionWorkflowFiles };
      const action = await readActionFile(file, context).catch((error: unknown) => {
        if (isWorkflow || !(error instanceof PackFileError)) throw error;
        return null; // an action without a workflow, which registration skips
      });
      // Registration takes the first file of a ref, and has approved no other.
      if (action === null || actionRefs.has(action.ref)) return null;
      actionRefs.add(action.ref);
      return action.workflow && { is: 'action' as const, action, workflow: action.workflow };
    });
    if (result !== null) actionWorkflows.push(result);
  }
  const usedNames = new Set([...actionWorkflows.map(({ name }) => name), ...Array.from(actionRefs, workflowName)]);
  return [...actionWorkflows, ...(await readStandaloneWorkflows(directory, pack, actionWorkflowFiles, usedNames))];
}

async function readStandaloneWorkflows(
  directory: string,
  pack: string,
  actionWorkflowFiles: ReadonlySet<string>,
  usedNames: Set<string>,
): Promise<WorkflowFileResult[]> {
  const results: WorkflowFileResult[] = [];
  const files = [
    ...(await listYamlFiles(directory, 'actions/workflows')),
    ...(await listYamlFiles(directory, 'workflows')),
  ];
  for (const name of files.filter((file) => !actionWorkflowFiles.has(file))) {
    if (usedNames.has(fileStem(name))) continue; // an earlier file takes precedence, as at registration
    usedNames.add(fileStem(name));
    const result = await readOne(name, async () => {
      const workflow = readStandaloneWorkflow(await readYaml(directory, name), { pack, warnings: [] });
      return { is: 'stand-alone' as const, workflow };
    });
    if (result !== null) results.push(result);
  }
  return results;
}

async function readOne(
  file: string,
  read: () => Promise<Exclude<WorkflowFileResult['found'], { is: 'wrong' }> | null>,
): Promise<WorkflowFileResult | null> {
  try {
    const found = await read();
    return found && { name: workflowName(found.workflow.ref), found, warnings: definitionWarningsOf(found.workflow) };
  } catch (error) {
    if (!(error instanceof PackFileError)) throw error;
    return { name: fileStem(file), found: { is: 'wrong', why: error.message }, warnings: [] };
  }
}

const workflowName = (ref: string): string => ref.slice(ref.indexOf('.') + 1);

const definitionWarningsOf = ({ definition, ref }: WorkflowFile): string[] =>
  loadDefinition(definition, { ref }).warnings;
