import { WaitError } from './errors';

/** Null where a wait ran out: what it waited for does not work. */
export async function orNull<T>(waiting: Promise<T>): Promise<T | null> {
  try {
    return await waiting;
  } catch (error) {
    if (error instanceof WaitError) return null;
    throw error;
  }
}
