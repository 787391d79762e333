import type { PublishItem } from '../definition';
import { shapeError, type DefinitionFields } from './definition-fields';
import { createTransition, parsePublish, type ParsedTransition } from './transitions';

const OUTCOME_KEYS: readonly (readonly [key: string, when: string | null])[] = [
  ['on_success', 'succeeded()'],
  ['on_failure', 'failed()'],
  ['on_complete', null],
  ['on_timeout', 'timed_out()'],
];

/** The older keys as transitions, in their fixed order. */
export function parseLegacyTransitions(task: DefinitionFields): ParsedTransition[] {
  const outcomes = OUTCOME_KEYS.flatMap(([key, when]) => parseOutcomeKey(task, key, when));
  return attachPublish([...outcomes, ...parseDecision(task)], parsePublish(task), task.pathOf('publish'));
}

function parseOutcomeKey(task: DefinitionFields, key: string, when: string | null): ParsedTransition[] {
  const target = task.text(key);
  return target === null ? [] : [{ transition: createTransition(when, [target]), path: task.pathOf(key) }];
}

/** The default branch comes last: whether another one matches is decided before it. */
function parseDecision(task: DefinitionFields): ParsedTransition[] {
  const branches = (task.fieldsList('decision') ?? []).map((branch) => {
    const target = branch.text('next');
    if (target === null) throw shapeError('must have a next', branch.path);
    const isDefaultBranch = branch.flag('default');
    const transition = { ...createTransition(branch.text('when'), [target]), isDecisionBranch: true, isDefaultBranch };
    return { transition, path: branch.pathOf('next') };
  });
  const isDefault = ({ transition }: ParsedTransition) => transition.isDefaultBranch;
  return [...branches.filter((branch) => !isDefault(branch)), ...branches.filter(isDefault)];
}

/**
 * What the task publishes goes to its first transition for success, else to its first, else to one
 * without targets.
 */
function attachPublish(
  transitions: readonly ParsedTransition[],
  publish: readonly PublishItem[],
  path: string,
): ParsedTransition[] {
  if (publish.length === 0) return [...transitions];
  if (transitions.length === 0) return [{ transition: createTransition('succeeded()', [], publish), path }];
  const forSuccess = transitions.findIndex(({ transition: { when } }) => isForSuccess(when));
  const chosen = Math.max(0, forSuccess);
  return transitions.map((parsed, index) =>
    index === chosen ? { ...parsed, transition: { ...parsed.transition, publish } } : parsed,
  );
}

const isForSuccess = (when: string | null): boolean => (when ?? '').replace(/\s/g, '').includes('succeeded()');
