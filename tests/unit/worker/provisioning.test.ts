import { awaitsUnnotified, nextProcessStep, type SupervisedState } from '../../../platform/core/worker/process-step';
import { provisionFailure } from '../../../platform/core/worker/provision-failure';

const PROVISIONING: SupervisedState = {
  state: 'provisioning',
  isInFlight: false,
  isRegistered: false,
  hasRuntime: false,
  ageMs: 100,
  provisionTimeoutMs: 60_000,
};
const REGISTERED = { ...PROVISIONING, isRegistered: true };

test('a process that registers without the runtime fails the worker at once', () => {
  expect(nextProcessStep(REGISTERED, 'running')).toBe('fail');
});

test('a process that has not registered yet is waited for until the limit', () => {
  expect(nextProcessStep(PROVISIONING, 'running')).toBe('none');
  expect(nextProcessStep({ ...PROVISIONING, ageMs: 60_000 }, 'running')).toBe('fail');
});

test('a process that stops says nothing about the next one', () => {
  expect(nextProcessStep(REGISTERED, 'stopping')).toBe('none');
});

test('a process that had not stopped yet serves a resumed worker', () => {
  expect(nextProcessStep({ ...REGISTERED, hasRuntime: true }, 'running')).toBe('confirm');
});

test.each([
  ['create', 'RUNTIME_BINARY_MISSING', 'ruby: its process did not find a program that works'],
  ['dispatch', 'WAKE_FAILED', 'RUNTIME_BINARY_MISSING: ruby: its process did not find a program that works'],
])('a runtime that is missing after %s has the cause %s', (cause, code, detail) => {
  expect(provisionFailure({ ...REGISTERED, cause, runtime: 'ruby', template: null })).toEqual({ cause: code, detail });
});

test.each([
  ['resume', 'PROVISION_TIMEOUT', 'its process was not ready within 60 s'],
  ['wake', 'WAKE_FAILED', 'PROVISION_TIMEOUT: its process was not ready within 60 s'],
])('a process that is not ready after %s has the cause %s', (cause, code, detail) => {
  expect(provisionFailure({ ...PROVISIONING, cause, runtime: 'ruby', template: null })).toEqual({
    cause: code,
    detail,
  });
});

test.each([
  ['provisioning', false, true],
  ['paused', true, true],
  ['paused', false, false],
  ['online', true, false],
  ['hibernated', false, false],
] as const)('a worker that is %s, with work: %s, is looked at often: %s', (state, isInFlight, expected) => {
  expect(awaitsUnnotified({ ...PROVISIONING, state, isInFlight })).toBe(expected);
});
