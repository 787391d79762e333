import type { JsonObject } from '../../../../contract/json';
import type { WorkflowDefinition } from '../../../../platform/core/workflow/definition';
import { step } from '../../../../platform/core/workflow/step';
import { createStepContext } from '../../../../platform/core/workflow/step-context';
import type { Effect, Signal, WorkflowState } from '../../../../platform/core/workflow/types';

export interface StepResult {
  readonly state: WorkflowState;
  readonly effects: readonly Effect[];
}

/** One step in a context of its own: `state` stays as it is. */
export function stepFrom(
  definition: WorkflowDefinition,
  state: WorkflowState,
  signal: Signal,
  now: number,
  keystore: JsonObject = {},
  maxRounds?: number | null,
): StepResult {
  const context = createStepContext(definition, state, keystore, null, maxRounds);
  const effects = step(context, signal, now);
  return { state: context.state, effects };
}
