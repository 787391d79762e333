import { doctorTarget } from '../../../cli/doctor/doctor-target';
import { CommandError } from '../../../cli/failures';

test('an address that is no URL is exit 2, and names the option', async () => {
  const failure: unknown = await doctorTarget('nonsense', false).catch((error: unknown) => error);

  expect(failure).toBeInstanceOf(CommandError);
  expect(failure).toMatchObject({
    exitCode: 2,
    message: 'TARGET_URL_INVALID: --target=nonsense is not a URL: expected http://host:port',
  });
});

test.each([
  ['PLATFORM_FIEL', '/tmp/platform.json', /PLATFORM_FIEL.*PLATFORM_FILE/],
  ['E2E_MODE', 'quick', /^E2E_MODE=quick is not accepted/],
])('%s=%s is exit 2, as in a run', async (name, value, message) => {
  jest.replaceProperty(process, 'env', { ...process.env, [name]: value });
  try {
    const failure: unknown = await doctorTarget('http://127.0.0.1:1', false).catch((error: unknown) => error);
    expect(failure).toMatchObject({ exitCode: 2, message: expect.stringMatching(message) });
  } finally {
    jest.restoreAllMocks();
  }
});
