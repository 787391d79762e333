import { runPass } from '../retention/retention-settings';
import { withQueueApi } from './with-queue';

const api = withQueueApi();
const DAY_SECONDS = 86_400;

test('items that ended long ago are removed, and no other', async () => {
  const { owner, db } = api.api();
  const { id, ref } = await api.create({ enabled: false });
  const statuses = ['queued', 'retry', 'leased', 'completed', 'failed', 'skipped', 'cancelled'];
  for (const [age, name] of [
    [2, 'old'],
    [0, 'new'],
  ] as const) {
    await owner.query(
      `insert into work_queue_item (queue, queue_ref, item_key, priority, status, payload, updated)
       select $1, $2, $3, 0, unnest($4::text[]), '1', platform_now() - $5 * interval '1 day'`,
      [id, ref, name, statuses, age],
    );
  }
  await owner.query(
    `insert into work_queue_dispatch (queue, status, leased_item_count, finished_at)
     values ($1, 'closed', 1, platform_now() - interval '2 days'), ($1, 'closed', 1, platform_now()), ($1, 'open', 1, null)`,
    [id],
  );

  await runPass({ db }, { maxAgeSeconds: DAY_SECONDS });

  expect((await api.items(ref, 'item_key=old')).map(({ status }) => status).sort()).toEqual([
    'leased',
    'queued',
    'retry',
  ]);
  expect(await api.items(ref, 'item_key=new')).toHaveLength(statuses.length);
  const { rows } = await owner.query<{ status: string }>('select status from work_queue_dispatch order by status');
  expect(rows.map(({ status }) => status)).toEqual(['closed', 'open']);
});
