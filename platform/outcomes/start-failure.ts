/** Codes of programs that did not start: `code` of their results. */
export type StartFailureCode = 'ACTION_NOT_EXECUTABLE' | 'RUNTIME_BINARY_MISSING';

/** Why a program did not start. */
export interface StartFailure {
  /** Null: for a reason without a code. */
  readonly code: StartFailureCode | null;
  /** Begins with the code. */
  readonly text: string;
}

export const uncodedFailure = (text: string): StartFailure => ({ code: null, text });

export const codedFailure = (code: StartFailureCode, file: string, reason: string): StartFailure => ({
  code,
  text: `${code}: ${file}, ${reason}`,
});

/** Of a command that exists, as it was checked before. */
const EXEC_FAILURES: Readonly<Record<string, readonly [StartFailureCode, string]>> = {
  EACCES: ['ACTION_NOT_EXECUTABLE', 'it may not be executed'],
  ENOENT: ['RUNTIME_BINARY_MISSING', 'it or the interpreter in its first line does not exist'],
};

/** The failed execution of a command. `errno`: a name, as `EACCES`. */
export function execFailure(command: string, errno: string | undefined, text: string): StartFailure {
  const known = errno === undefined ? undefined : EXEC_FAILURES[errno];
  return known === undefined ? uncodedFailure(text) : codedFailure(known[0], command, known[1]);
}
