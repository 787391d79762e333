import type { Transition } from '../types';
import { shapeError, type Fields } from './fields';
import { parsePublish, transition, type PlacedTransition } from './transitions';

const ON: readonly (readonly [key: string, when: string | null])[] = [
  ['on_success', 'succeeded()'],
  ['on_failure', 'failed()'],
  ['on_complete', null],
  ['on_timeout', 'timed_out()'],
];

/** The older keys as transitions, in their fixed order. */
export function parseLegacy(task: Fields): PlacedTransition[] {
  const entries = [...ON.flatMap(([key, when]) => single(task, key, when)), ...decisions(task)];
  return withPublish(entries, parsePublish(task), task.at('publish'));
}

function single(task: Fields, key: string, when: string | null): PlacedTransition[] {
  const target = task.text(key);
  return target === null ? [] : [{ transition: transition(when, [target]), path: task.at(key) }];
}

/** The default branch comes last: only then is it known that no other one matched. */
function decisions(task: Fields): PlacedTransition[] {
  const branches = (task.fieldsIn('decision') ?? []).map((branch) => {
    const target = branch.text('next');
    if (target === null) throw shapeError('must have a next', branch.path);
    const otherwise = branch.flag('default');
    const placed = { ...transition(branch.text('when'), [target]), decision: true, otherwise };
    return { transition: placed, path: branch.at('next') };
  });
  const isDefault = ({ transition: { otherwise } }: PlacedTransition) => otherwise;
  return [...branches.filter((branch) => !isDefault(branch)), ...branches.filter(isDefault)];
}

/** What the task publishes goes with the first entry for success, else with the first, else stands alone. */
function withPublish(entries: PlacedTransition[], publish: Transition['publish'], path: string): PlacedTransition[] {
  if (publish.length === 0) return entries;
  if (entries.length === 0) return [{ transition: transition('succeeded()', [], publish), path }];
  const chosen = Math.max(
    0,
    entries.findIndex(({ transition: { when } }) => isForSuccess(when)),
  );
  return entries.map((entry, index) =>
    index === chosen ? { ...entry, transition: { ...entry.transition, publish } } : entry,
  );
}

const isForSuccess = (when: string | null): boolean => (when ?? '').replace(/\s/g, '').includes('succeeded()');
