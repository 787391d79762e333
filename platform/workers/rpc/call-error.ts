import { errorCode, errorMessage } from '../../base/error-details';

/** An error of a call, as it is sent: its code decides whether the call is repeated. */
export interface CallError {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
}

export const toCallError = (error: unknown): CallError => ({
  name: error instanceof Error ? error.name : 'Error',
  message: errorMessage(error),
  code: errorCode(error),
});

/** The error that was sent, for the caller. */
export const fromCallError = ({ name, message, code }: CallError): Error =>
  Object.assign(new Error(message), { name, ...(code !== undefined && { code }) });

/** SQLSTATE classes of permanent errors: data, integrity, syntax or privileges, limits. */
const PERMANENT = /^(22|23|42|54)...$/;

/** Whether the same call may succeed when the database is available again. */
export const isTransient = (error: unknown): boolean => {
  const code = errorCode(error);
  return code !== undefined ? !PERMANENT.test(code) : /connection|timeout/i.test(String(error));
};
