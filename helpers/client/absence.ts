import { ApiError } from '../errors';
import { likewise } from './operation';

type Verb<A extends unknown[], T> = (...given: A) => Promise<T>;

async function nullWithout<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/** Null where the verb answers 404. */
export const orNone = <A extends unknown[], T>(verb: Verb<A, T>, ...python: string[]): Verb<A, T | null> =>
  likewise(verb, (...given: A) => nullWithout(verb(...given)), ...python);

/** The same, where it may be gone already. */
export const ifThere = <A extends unknown[]>(verb: Verb<A, unknown>): Verb<A, void> =>
  likewise(verb, async (...given: A) => {
    await nullWithout(verb(...given));
  });
