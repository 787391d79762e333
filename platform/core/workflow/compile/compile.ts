import type { JsonObject } from '../../../../contract/json';
import type { Finding, Plan, PlannedAction } from '../../../../contract/workflows';
import type { WorkflowDefinition } from '../definition';
import { didYouMean } from '../../../../contract/text/closest-match';
import { graphOf, planOrder } from '../graph';
import { DefinitionError } from '../load/definition-error';
import type { DefinitionMistake } from '../load/definition-warnings';
import { loadDefinition } from '../load/load-definition';
import { PARTIAL_LINT_WARNING } from '../load/lint-warnings';
import { schemaFault } from './inputs';

/** An action as it is installed: its digest, or what is wrong with its file. */
export type InstalledAction =
  | { readonly digest: string }
  | { readonly missingFile: string }
  | { readonly changedFile: string; readonly expected: string; readonly actual: string };

export interface InstalledActions {
  /** By ref, of the actions that exist. */
  readonly byRef: ReadonlyMap<string, InstalledAction>;
  /** Refs of all actions, to suggest one. */
  readonly refs: readonly string[];
}

/** What a revision stores. */
export interface Source {
  readonly ref: string;
  readonly definition: JsonObject;
  readonly param_schema: JsonObject | null;
  readonly out_schema: JsonObject | null;
}

/** `definition` is null where the document is none. */
export interface Compiled {
  readonly definition: WorkflowDefinition | null;
  readonly plan: Plan | null;
  /** Empty where there is a plan. */
  readonly findings: readonly Finding[];
}

/** The actions that a document names, to look them up; none where it is no definition. */
export const actionRefsOf = (source: Source): string[] => {
  const loaded = load(source);
  if (loaded instanceof DefinitionError) return [];
  const refs = [...loaded.definition.tasks.values()].flatMap(({ action }) => action ?? []);
  return [...new Set(refs)].sort();
};

/** A definition, and what is wrong with it whatever actions are installed. */
export function checkSource(source: Source): Pick<Compiled, 'definition' | 'findings'> {
  const loaded = load(source);
  if (loaded instanceof DefinitionError) return { definition: null, findings: [findingOf(loaded)] };
  return { definition: loaded.definition, findings: mistakesOf(source, loaded) };
}

/** The plan of a definition, or everything that is wrong with it. */
export function compile(source: Source, installed: InstalledActions): Compiled {
  const loaded = load(source);
  if (loaded instanceof DefinitionError) return { definition: null, plan: null, findings: [findingOf(loaded)] };
  const { definition } = loaded;
  const actions: PlannedAction[] = [];
  const findings = mistakesOf(source, loaded);
  for (const { name, action } of definition.tasks.values()) {
    if (action === null) continue;
    const path = loaded.actionPaths.get(name) ?? '';
    const state = installed.byRef.get(action);
    if (state === undefined) findings.push(unknownAction(name, action, path, installed.refs));
    else if ('missingFile' in state) findings.push(missingFile(action, path, state.missingFile));
    else if ('changedFile' in state) findings.push(changedFile(action, path, state));
    else actions.push({ task: name, action, digest: state.digest });
  }
  if (findings.length > 0) return { definition, plan: null, findings };
  const entry = graphOf(definition).entryTasks.map(({ name }) => name);
  return { definition, plan: { entry, order: planOrder(definition), actions }, findings };
}

function load({ ref, definition }: Source): ReturnType<typeof loadDefinition> | DefinitionError {
  try {
    return loadDefinition(definition, { ref, version: '1' });
  } catch (error) {
    if (error instanceof DefinitionError) return error;
    throw error;
  }
}

const mistakesOf = (source: Source, { findings }: Pick<ReturnType<typeof loadDefinition>, 'findings'>): Finding[] =>
  [...findings.filter(({ why }) => why !== PARTIAL_LINT_WARNING), ...schemaMistakes(source)].map(invalid);

const findingOf = ({ reason, path, message, supported }: DefinitionError): Finding => ({
  code: reason === 'SCHEMA_LIMIT' ? 'DEFINITION_INVALID' : reason,
  path,
  message,
  hint: reason === 'STEP_KIND_UNHANDLED' ? 'use one of the types that the message lists' : 'correct the definition',
  ...(supported !== null && { supported: [...supported] }),
});

function schemaMistakes({ param_schema, out_schema }: Source): DefinitionMistake[] {
  return Object.entries({ param_schema, out_schema }).flatMap(([name, schema]) => {
    const fault = schemaFault(schema);
    return fault === null ? [] : { path: `/${name}`, why: `${name} cannot be used: ${fault}` };
  });
}

const invalid = ({ path, why }: DefinitionMistake): Finding => ({
  code: 'DEFINITION_INVALID',
  path,
  message: why,
  hint: 'correct the definition',
});

const unknownAction = (task: string, action: string, path: string, refs: readonly string[]): Finding => ({
  code: 'ACTION_NOT_FOUND',
  path,
  message: `Task '${task}' names action '${action}', which does not exist${didYouMean(action, refs)}`,
  hint: 'correct the name, or register the pack of the action first',
});

const missingFile = (action: string, path: string, file: string): Finding => ({
  code: 'ACTION_ARTIFACT_MISSING',
  path,
  message: `Action '${action}' has no file ${file}`,
  hint: `add ${file} to its pack, and register the pack again`,
});

const changedFile = (
  action: string,
  path: string,
  { changedFile: file, expected, actual }: Extract<InstalledAction, { changedFile: string }>,
): Finding => ({
  code: 'ACTION_ARTIFACT_CORRUPT',
  path,
  message: `The file ${file} of action '${action}' was changed: expected SHA-256 ${expected}, found ${actual}`,
  hint: 'register its pack again',
});
