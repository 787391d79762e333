import { pino } from 'pino';
import { Client } from 'pg';
import { identify } from '../../../platform/api/token-check';
import type { Claims } from '../../../platform/api/tokens';
import { Hub } from '../../../platform/notifier/hub';
import type { Subscriber } from '../../../platform/notifier/live';
import type { Told } from '../../../platform/notifier/protocol';
import { ensureCorePack } from '../../../platform/packs/core';
import { projectRoot } from '../../../platform/root';
import { openPool } from '../../../platform/store/database';
import { DEFAULT_USER, ensureDefaultUser } from '../../../platform/store/identities';
import { withDatabase } from '../with-database';

const database = withDatabase();

const rightsChanged = (entity: number): Told => ({
  ...{ tenant: 1, type: 'rights_changed', entityType: 'rights', entity, owner: null },
  ...{ payload: '', created: new Date(0).toISOString() },
});

const accessOf = (identity: number): Claims => ({
  ...{ identity, login: null, tenant: null, tokenType: 'access', expiresAt: Date.now() + 60_000, execution: null },
  ...{ permissionSetRefs: [], standardActionRefs: [], standardPackRefs: [], triggerTypes: [] },
  ...{ integrationToken: null, family: null },
});

test('who comes in while rights change is let in with the new ones, not sent away', async () => {
  const { db, url } = database();
  const owner = openPool(url, 1);
  await ensureCorePack(owner, projectRoot());
  await owner.end();
  await ensureDefaultUser(db);
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ id: number }>('select id::int from identity where login = $1', [
    DEFAULT_USER.login,
  ]);
  await client.end();
  const id = rows[0]!.id;
  const caller = await identify(db, accessOf(id));
  const farewells: string[] = [];
  const subscriber: Subscriber = { isBehind: false, deliver: () => undefined, end: (why) => farewells.push(why) };
  const hub = new Hub(db, pino({ enabled: false }));

  for (let n = 0; n < 20; n++) {
    const joining = hub.join(caller, subscriber);
    const heard = hub.heard([rightsChanged(id)]);
    const member = await joining;
    await heard;
    expect(member?.isAdmin).toBe(false);
    member?.leave();
  }
  expect(farewells).toEqual([]);
});
