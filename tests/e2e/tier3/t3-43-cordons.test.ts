// Spec: a cordon has its reason, its author and its instant, until it is lifted.
import { claim } from '../../../helpers/scenario/claim';
import { RestartablePlatform } from '../support/commands/restartable-platform';

claim('T3.43a', ['process', 'host.processes'], 'a cordon states its reason, until it is lifted', async (ctx) => {
  const { client } = await RestartablePlatform.start(ctx, {});
  const { id: admin } = await client.auth.me();
  const { id } = (await client.workers.list())[0]!;
  const shown = async () => {
    const { cordoned, cordon_reason, cordoned_by, cordoned_at } = await client.workers.get(id);
    return [cordoned, cordon_reason, cordoned_by, cordoned_at === null];
  };
  const steps = {
    'before it': () => null,
    'with a reason': () => client.workers.cordon(id, 'repair'),
    'with another reason': () => client.workers.cordon(id, 'upgrade'),
    'without a reason': () => client.workers.cordon(id),
    lifted: () => client.workers.uncordon(id),
    'with a reason again': () => client.workers.cordon(id, 'repair'),
    'lifted from a reason': () => client.workers.uncordon(id),
    'without a reason again': () => client.workers.cordon(id),
  };

  const found: Record<string, unknown> = {};
  for (const [name, act] of Object.entries(steps)) {
    await act();
    found[name] = await shown();
  }

  const open = [false, null, null, true];
  const cordoned = (reason: string | null) => [true, reason, admin, false];
  expect(found).toEqual({
    'before it': open,
    'with a reason': cordoned('repair'),
    'with another reason': cordoned('upgrade'),
    'without a reason': cordoned(null),
    lifted: open,
    'with a reason again': cordoned('repair'),
    'lifted from a reason': open,
    'without a reason again': cordoned(null),
  });
});
