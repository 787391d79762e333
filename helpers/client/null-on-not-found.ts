import { ApiError } from '../errors';
import { withOperationOf } from './operation';

type Verb<A extends unknown[], T> = (...args: A) => Promise<T>;

/** The response; null for a 404. */
export async function nullOn404<T>(response: Promise<T>): Promise<T | null> {
  try {
    return await response;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/** The verb, with null for a 404. */
export const orNull = <A extends unknown[], T>(verb: Verb<A, T>, ...python: string[]): Verb<A, T | null> =>
  withOperationOf(verb, (...args: A) => nullOn404(verb(...args)), ...python);

/** The verb, ignoring a 404. */
export const ignoreNotFound = <A extends unknown[]>(verb: Verb<A, unknown>): Verb<A, void> =>
  withOperationOf(verb, async (...args: A) => {
    await nullOn404(verb(...args));
  });
