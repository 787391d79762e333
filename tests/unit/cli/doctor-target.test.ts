import { doctorTarget } from '../../../cli/doctor-target';
import { CommandError } from '../../../cli/failures';

test('an address that is no URL is exit 3', async () => {
  const failure: unknown = await doctorTarget('nonsense', false).catch((error: unknown) => error);

  expect(failure).toBeInstanceOf(CommandError);
  expect(failure).toMatchObject({
    exitCode: 3,
    message: 'TARGET_URL_INVALID: PLATFORM_URL=nonsense is not a URL: expected http://host:port',
  });
});
