import { CommandError } from '../../../cli/failures';
import { requireKnownVariables } from '../../../cli/settings/known-variables';

test('a platform with a variable that no code reads is exit 2, with all of them', () => {
  const start = () => requireKnownVariables({ PLATFORM_WORKER: '1', PLATFORM_WORKRES: '2', PLATFORM_SLOTS: '3' });

  expect(start).toThrow(CommandError);
  expect(start).toThrow(expect.objectContaining({ exitCode: 2, message: expect.stringContaining('PLATFORM_SLOTS') }));
  expect(start).toThrow(/PLATFORM_WORKRES is no variable that is read\. Did you mean 'PLATFORM_WORKERS'\?/);
});
