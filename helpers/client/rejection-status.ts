import { ApiError } from '../errors';

/** The status of a rejected request; null for a successful one. */
export async function rejectionStatus(request: Promise<unknown>): Promise<number | null> {
  try {
    await request;
    return null;
  } catch (error) {
    if (error instanceof ApiError) return error.status;
    throw error;
  }
}
