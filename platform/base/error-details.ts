/** A system error's code (`ENOENT`, …), whatever realm the error was made in. */
export const errorCode = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

export const errorMessage = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string'
    ? error.message
    : String(error);

/** For `catch` of a promise: undefined for errors with one of these codes; others are thrown. */
export const ignoreCodes =
  (...codes: string[]) =>
  (error: unknown): undefined => {
    if (codes.includes(errorCode(error) ?? '')) return undefined;
    throw error;
  };
