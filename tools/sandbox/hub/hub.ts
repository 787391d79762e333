/** Where reports are posted. */
export interface Hub {
  readonly url: string;
  readonly token: string | null;
}

export const authorizationOf = ({ token }: Hub): Record<string, string> =>
  token === null ? {} : { authorization: `Bearer ${token}` };

/** Why a hub was not reached: `fetch failed` has its reason as the cause. */
export function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  return cause instanceof Error ? cause.message || cause.name : String(error);
}
