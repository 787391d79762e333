import { isObject, type Json } from '../../../../contract/json';
import { appendPointer } from '../../secrets/json-pointer';
import type { PublishItem, TransitionDefinition } from '../definition';
import { checkName, wrongType, type DefinitionFields } from './definition-fields';

/** A transition and the JSON pointer of its targets. */
export interface ParsedTransition {
  readonly transition: TransitionDefinition;
  readonly path: string;
}

export const parseNext = (task: DefinitionFields): ParsedTransition[] =>
  (task.fieldsList('next') ?? []).map((entry) => ({
    transition: createTransition(entry.text('when'), parseTargets(entry), parsePublish(entry)),
    path: entry.pathOf('do'),
  }));

export const createTransition = (
  when: string | null,
  targets: readonly string[],
  publish: readonly PublishItem[] = [],
): TransitionDefinition => ({ when, publish, targets, isDecisionBranch: false, isDefaultBranch: false });

const parseTargets = (entry: DefinitionFields): string[] =>
  (entry.list('do') ?? []).map((target, index) =>
    typeof target === 'string' ? target : wrongType(appendPointer(entry.pathOf('do'), index), 'a task name', target),
  );

/** A bare name publishes the whole result, a map each of its names. */
export const parsePublish = (entry: DefinitionFields): PublishItem[] =>
  (entry.list('publish') ?? []).flatMap((item, index) =>
    parsePublishItem(item, appendPointer(entry.pathOf('publish'), index)),
  );

function parsePublishItem(item: Json, path: string): PublishItem[] {
  if (typeof item === 'string') return [{ name: checkName(item, path), value: null, wholeResult: true }];
  if (!isObject(item)) return wrongType(path, 'a name or a map of names', item);
  return Object.entries(item).map(([name, value]) => ({ name: checkName(name, path), value, wholeResult: false }));
}
