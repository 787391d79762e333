import type { Database } from '../store/database/connection';
import { endSession } from '../store/identities/sessions';
import type { AuthContext } from './auth-context';
import { AuthenticationError } from './auth-errors';
import { readToken, REFRESH_TOKEN_SECONDS } from './tokens';

/** Ends the session of each valid token; all tokens of that log-in are invalid from now on. */
export async function endSessions({ db, tokenSecret }: AuthContext, tokens: readonly string[]): Promise<void> {
  for (const token of tokens) await endSessionOf(db, tokenSecret, token);
}

async function endSessionOf(db: Database, tokenSecret: string, token: string): Promise<void> {
  try {
    const { session, identity } = await readToken(tokenSecret, token);
    if (session === null) return;
    await db.withoutTenant((transaction) => endSession(transaction, identity, session.id, REFRESH_TOKEN_SECONDS));
  } catch (error) {
    if (!(error instanceof AuthenticationError)) throw error; // an invalid token has no session
  }
}
