import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { openDatabaseProbe } from '../../../platform/store/database/database-probe';
import { PORT } from '../../../platform/embedded/socket-directory';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { withDatabase } from '../database/with-database';
import { livenessDeadline } from '../liveness';

const database = withDatabase();

/** Forwards to the server of the file's database. What the server sends can be held back. */
async function startHoldingRelay() {
  const url = new URL(database().url);
  const path = `${decodeURIComponent(url.hostname)}/.s.PGSQL.${PORT}`;
  const answers = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(path);
    answers.add(upstream);
    client.pipe(upstream).pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    hold: () => answers.forEach((answer) => answer.pause()),
    release: () => answers.forEach((answer) => answer.resume()),
    stop: async () => {
      answers.forEach((answer) => answer.destroy());
      server.close();
      await once(server, 'close');
    },
  };
}

test('a database that answers late is unreachable for health checks, not away', async () => {
  const relay = await startHoldingRelay();
  const probe = openDatabaseProbe(relay.url);
  const answersLate = async () => {
    relay.hold();
    const away = probe.isAway();
    const isReachable = await probe.isReachable();
    relay.release();
    return !isReachable && !(await away);
  };
  try {
    await until(predicateToHold('a connection for health checks', probe.isReachable), livenessDeadline());
    await until(predicateToHold('a late answer to be one', answersLate), livenessDeadline());

    relay.hold();
    expect(await probe.isAway()).toBe(true);
  } finally {
    relay.release();
    await probe.close();
    await relay.stop();
  }
});
