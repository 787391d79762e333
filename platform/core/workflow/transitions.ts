import { condition } from '../template/condition';
import { amend, budgetOf, log, stateOf, taskOf, type Draft } from './draft';
import { arrive } from './join';
import { attempted, scopeAfter } from './scope';
import type { Transition } from './types';
import { assign, storable, type Storable } from './variables';

/**
 * Every matching transition of a task that ended fires, in order of the list: it publishes, and the next one sees what
 * it published. Then all the targets they named are considered, each once.
 */
export function fireTransitions(draft: Draft, name: string): void {
  const targets = new Set<string>();
  let decided = false;
  for (const transition of taskOf(draft.definition, name).next) {
    if (transition.otherwise && decided) continue;
    if (!matches(draft, transition, name)) continue;
    decided ||= transition.decision;
    publish(draft, transition, name);
    transition.to.forEach((target) => targets.add(target));
  }
  const status = stateOf(draft.state, name)?.status;
  if (status === 'failed' || status === 'timeout') amend(draft, name, { handlers: [...targets] });
  for (const target of targets) arrive(draft, target, name);
}

/** A condition that cannot be evaluated holds if the task succeeded. Of a skipped task only unconditional ones fire. */
function matches(draft: Draft, { when }: Transition, name: string): boolean {
  const scope = scopeAfter(draft, name);
  if (when === null) return true;
  if (scope.outcome === 'skipped') return false;
  const answer = attempted(() => condition(when, scope, budgetOf(draft)));
  if ('value' in answer) return answer.value;
  log(draft, 'WARNING', name, null, { when, error: answer.fault.message });
  return scope.outcome === 'succeeded';
}

/** All items of one entry see the variables as they were before it. An item that cannot be rendered is lost alone. */
function publish(draft: Draft, transition: Transition, name: string): void {
  const scope = scopeAfter(draft, name);
  const published = transition.publish.flatMap((item): [string, Storable][] => {
    const answer = attempted(() => storable(item.whole ? '{{ result() }}' : item.value, scope, budgetOf(draft)));
    if ('value' in answer) return [[item.name, answer.value]];
    log(draft, 'WARNING', name, null, { publish: item.name, error: answer.fault.message });
    return [];
  });
  for (const [variable, value] of published) {
    const refused = assign(draft, variable, value);
    if (refused !== null) log(draft, 'WARNING', name, null, { publish: variable, error: refused });
  }
}
