import { withAdmin } from '../with-admin';

const { testApi, send } = withAdmin();

interface Reason {
  readonly text: string;
  readonly due_at: string | null;
}

/** What an execution waits for whose inquiry has this timeout; no executor runs. */
async function reasonsOf(timeout: string): Promise<Reason[]> {
  const { rows } = await testApi().owner.query<{ id: number; inquiry: number }>(
    `with e as (insert into execution (tenant, action_ref, status) values (1, 'core.ask', 'running') returning id),
       i as (insert into inquiry (tenant, execution, prompt, timeout_at) select 1, id, 'Go on?', ${timeout} from e returning id)
     select e.id, i.id as inquiry from e, i`,
  );
  const { id, inquiry } = rows[0]!;
  await testApi().owner.query('update execution set awaits = $2 where id = $1', [id, inquiry]);
  return (await send('GET', `/executions/${id}/waiting`)).json<{ data: { reasons: Reason[] } }>().data.reasons;
}

test('an inquiry whose timeout has passed waits for the platform', async () => {
  const [[overdue], [open]] = [
    await reasonsOf(`'2026-01-27T10:00:00Z'`),
    await reasonsOf(`platform_now() + interval '1 hour'`),
  ];

  expect(overdue!.due_at).toBe('2026-01-27T10:00:00Z');
  expect(overdue!.text).toMatch(/waits for the platform to expire inquiry \d+, which was due at 2026-01-27T10:00:00Z$/);
  expect(open!.text).toMatch(/waits for a response to inquiry \d+, which is pending and expires at .+Z$/);
});
