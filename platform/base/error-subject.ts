/** What an error concerns, in the fields of its log entry: `{ execution: 41 }`, `{ rule: 7 }`. */
export type ErrorSubject = Readonly<Record<string, string | number>>;

const subjects = new WeakMap<object, ErrorSubject>();

/**
 * Runs `work`. What it throws is thrown on, and its log entry has the fields of `subject` beside
 * those that calls within `work` have added; of two values of one field, the inner one.
 */
export async function withErrorSubject<T>(subject: ErrorSubject, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw addErrorSubject(error, subject);
  }
}

/** Returns the error. What is no object has no subject. */
export function addErrorSubject(error: unknown, subject: ErrorSubject): unknown {
  if (typeof error === 'object' && error !== null) subjects.set(error, { ...subject, ...subjects.get(error) });
  return error;
}

export const errorSubject = (error: unknown): ErrorSubject | undefined =>
  typeof error === 'object' && error !== null ? subjects.get(error) : undefined;
