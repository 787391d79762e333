import { sql } from 'kysely';
import { DEFAULT_TENANT, type Database } from '../database/connection';
import { assignPermissionSetByRef } from './grants';
import { createIdentity, findIdentityByLogin } from './identities';
import { hashPassword, verifyPassword } from './passwords';

/** The login and password that contract clients use by default: everyone knows them. */
export const DEFAULT_USER = {
  login: 'test@attune.local',
  displayName: 'Test User',
  password: 'TestPass123!',
} as const;

/** The second one allows its owner to manage tenants. */
const PERMISSION_SETS = ['core.admin', 'core.platform_admin'] as const;

export interface FirstAdministrator {
  readonly password: string;
  /** Called before the password is stored; what it throws undoes the creation. */
  readonly beforeCommit?: () => void;
}

/** An identity has the login of the first administrator, which is not created yet. */
class AdministratorLoginTaken extends Error {
  constructor() {
    super(
      `the first administrator cannot be created, because an identity has its login: ` +
        `delete from identity where login = '${DEFAULT_USER.login}', then start again`,
    );
    this.name = 'AdministratorLoginTaken';
  }
}

/**
 * Creates the first administrator of the database, once: what is changed or deleted later stays
 * so. Needs the built-in permission sets. False: it was created before.
 */
export function createFirstAdministrator(
  db: Database,
  { password, beforeCommit }: FirstAdministrator,
): Promise<boolean> {
  return db.inTenant(DEFAULT_TENANT, async (transaction) => {
    const { rows } = await sql<{ isFirst: boolean }>`select record_first_administrator() as "isFirst"`.execute(
      transaction,
    );
    if (rows[0]?.isFirst !== true) return false;
    const { login, displayName } = DEFAULT_USER;
    const passwordHash = await hashPassword(password);
    const identity = await createIdentity(transaction, { login, displayName, passwordHash });
    if (!identity) throw new AdministratorLoginTaken();
    for (const ref of PERMISSION_SETS) await assignPermissionSetByRef(transaction, identity.id, ref);
    beforeCommit?.();
    return true;
  });
}

class KnownPasswordExposed extends Error {
  constructor() {
    super(
      `${DEFAULT_USER.login} has the password that everyone knows, and other hosts could use it: start the platform ` +
        'on 127.0.0.1, change the password (POST /auth/change-password), then use --host again',
    );
    this.name = 'KnownPasswordExposed';
  }
}

/** Throws where the login of contract clients has their password. */
export async function rejectKnownPassword(db: Database): Promise<void> {
  const identity = await db.withoutTenant((transaction) => findIdentityByLogin(transaction, DEFAULT_USER.login));
  if (identity && (await verifyPassword(identity.password_hash, DEFAULT_USER.password)))
    throw new KnownPasswordExposed();
}
