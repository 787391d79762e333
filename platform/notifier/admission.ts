import type { IncomingMessage } from 'node:http';
import type { RefusalWord } from '../../contract/notifications';
import type { Caller } from '../api/context';
import { TokenRefusal } from '../api/errors';
import { identify, refuseAfterEnd } from '../api/token-check';
import { readToken, SubjectRefusal } from '../api/tokens';
import { Refusal } from '../refusal';
import type { Database } from '../store/database';

/** Who may not come in, in the contract's words; answered with 401 before there is any connection. */
export class Refused extends Error {
  override readonly name = 'Refused';
  constructor(readonly word: RefusalWord) {
    super(word);
  }
}

export const PROTOCOL = 'attune.v1';
const TOKEN_PROTOCOL = 'attune.jwt.';

/** The header, its scheme in any spelling; else the sub-protocol right after `attune.v1`. Nowhere else: queries lie in logs. */
export function tokenIn({ headers }: Pick<IncomingMessage, 'headers'>): string | null {
  const [, bearer] = /^bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
  if (bearer !== undefined) return bearer;
  const [first, second] = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  if (first !== PROTOCOL || !second?.startsWith(TOKEN_PROTOCOL)) return null;
  return second.slice(TOKEN_PROTOCOL.length) || null;
}

/** Throws Refused; what the database says. */
export async function admit(db: Database, tokenSecret: string, request: IncomingMessage): Promise<Caller> {
  const token = tokenIn(request);
  if (token === null) throw new Refused('missing_token');
  try {
    const claims = await readToken(tokenSecret, token);
    const { tokenType } = claims;
    if (tokenType === 'refresh' || tokenType === 'sensor' || tokenType === 'worker')
      throw new Refused(`${tokenType}_tokens_not_allowed`);
    const caller = await identify(db, claims);
    if (tokenType === 'execution') await refuseAfterEnd(db, caller);
    return caller;
  } catch (error) {
    if (error instanceof TokenRefusal) throw new Refused(wordFor(error));
    if (error instanceof Refusal) throw new Refused('invalid_or_expired_token');
    throw error;
  }
}

const wordFor = (error: TokenRefusal): RefusalWord =>
  error instanceof SubjectRefusal ? 'invalid_subject_in_token' : 'invalid_or_expired_token';
