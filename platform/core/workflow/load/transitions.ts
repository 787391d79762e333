import { isObject, type Json } from '../../../../contract/json';
import type { Transition } from '../types';
import { usableName, wrongType, type Fields } from './fields';

/** A transition and where in the document its targets stand. */
export interface PlacedTransition {
  readonly transition: Transition;
  readonly path: string;
}

export const parseNext = (task: Fields): PlacedTransition[] =>
  (task.fieldsIn('next') ?? []).map((entry) => ({
    transition: transition(entry.text('when'), parseTargets(entry), parsePublish(entry)),
    path: entry.at('do'),
  }));

export const transition = (
  when: string | null,
  to: readonly string[],
  publish: Transition['publish'] = [],
): Transition => ({ when, publish, to, otherwise: false, decision: false });

const parseTargets = (entry: Fields): string[] =>
  (entry.list('do') ?? []).map((target, index) =>
    typeof target === 'string' ? target : wrongType(`${entry.at('do')}/${index}`, 'a task name', target),
  );

/** A bare name publishes the whole result, a map each of its names. */
export const parsePublish = (entry: Fields): Transition['publish'] =>
  (entry.list('publish') ?? []).flatMap((item, index) => published(item, `${entry.at('publish')}/${index}`));

function published(item: Json, path: string): Transition['publish'] {
  if (typeof item === 'string') return [{ name: usableName(item, path), value: null, whole: true }];
  if (!isObject(item)) return wrongType(path, 'a name or a map of names', item);
  return Object.entries(item).map(([name, value]) => ({ name: usableName(name, path), value, whole: false }));
}
