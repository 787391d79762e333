const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';
const MOST = 5;

const mayPass = (error: unknown): boolean => {
  const code = (error as { code?: unknown }).code;
  return code === SERIALIZATION_FAILURE || code === DEADLOCK;
};

/** A job that PostgreSQL turned away for another's sake is tried again at once: the queue would wait seconds. */
export const patiently =
  (job: (payload: unknown) => Promise<unknown>) =>
  async (payload: unknown): Promise<void> => {
    for (let tries = 1; ; tries++) {
      try {
        await job(payload);
        return;
      } catch (error) {
        if (tries === MOST || !mayPass(error)) throw error;
      }
    }
  };
