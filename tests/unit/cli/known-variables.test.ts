import { CommandError } from '../../../cli/failures';
import { knownVariables } from '../../../cli/settings/known-variables';

test('a start names every variable that no code reads', () => {
  const start = () => knownVariables({ PLATFORM_WORKER: '1', PLATFORM_WORKRES: '2', PLATFORM_SLOTS: '3' });

  expect(start).toThrow(CommandError);
  expect(start).toThrow(/^VARIABLE_UNKNOWN: PLATFORM_SLOTS .+\n.+ PLATFORM_WORKRES .+ Did you mean 'PLATFORM_WORKERS'/);
});

test('a platform with variables that are read starts', () => {
  const env = { PLATFORM_WORKERS: '2', PLATFORM_ATTEMPT: '1', HOME: '/root' };
  expect(knownVariables(env)).toBe(env);
});
