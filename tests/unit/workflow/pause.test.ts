import { loadDefinition } from '../../../platform/core/workflow/load/load-definition';
import { initialState } from '../../../platform/core/workflow/step';
import type { Signal } from '../../../platform/core/workflow/types';
import { stepFrom, type StepResult } from './step-from';

const { definition } = loadDefinition(
  { version: '1.0.0', tasks: [{ name: 'only', action: 'core.noop' }] },
  { ref: 'pack.held' },
);
const STARTED: Signal = {
  ...{ type: 'started', parameters: {}, config: {} },
  secrets: { parameters: null, config: null },
};

/** The steps of these signals, each after the one before it. */
const stepsOf = (...signals: Signal[]): StepResult[] =>
  signals.reduce<StepResult[]>(
    (steps, signal) => [...steps, stepFrom(definition, steps.at(-1)?.state ?? initialState(), signal, 0)],
    [],
  );

test('a workflow that is paused before its start has not ended', () => {
  const steps = stepsOf({ type: 'pause-requested' }, STARTED);

  expect(steps.map(({ state }) => state.status)).toEqual(['requested', 'running']);
  expect(steps.flatMap(({ effects }) => effects.map(({ type }) => type))).toEqual(['hold-children']);
});

test('a run that was paused before its start has its tasks after the resume', () => {
  const [, , resumed] = stepsOf({ type: 'pause-requested' }, STARTED, { type: 'resumed' });

  expect(resumed!.effects.map(({ type }) => type)).toContain('start-child');
});
