import { pino } from 'pino';
import { answerRings } from '../../../platform/executor/answer-rings';

const LOG = pino({ enabled: false });

/** Answers that end when they are told to, and the tenants they were for. */
const byHand = () => {
  const tenants: number[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const answer = (tenant: number) =>
    new Promise<void>((resolve, reject) => {
      tenants.push(tenant);
      ends.push((error) => (error ? reject(error) : resolve()));
    });
  return { tenants, ends, rings: answerRings(answer, LOG) };
};

test('all that ring during an answer get one more together', async () => {
  const { tenants, ends, rings } = byHand();
  rings.ring(1);
  rings.ring(1);
  rings.ring(1);
  ends[0]!();
  await new Promise(setImmediate);
  ends[1]!();

  await rings.stop();

  expect(tenants).toEqual([1, 1]);
});

test('a tenant does not wait for another', async () => {
  const { tenants, ends, rings } = byHand();
  rings.ring(1);
  rings.ring(2);
  ends.forEach((end) => end());

  await rings.stop();

  expect(tenants).toEqual([1, 2]);
});

test('a ring after an answer that failed is answered', async () => {
  const { tenants, ends, rings } = byHand();
  rings.ring(1);
  ends[0]!(new Error('the database was lost'));
  await new Promise(setImmediate);
  rings.ring(1);
  ends[1]!();

  await rings.stop();

  expect(tenants).toEqual([1, 1]);
});

test('once stopped it ends what is at hand and hears nothing more', async () => {
  const { tenants, ends, rings } = byHand();
  rings.ring(1);
  const stopped = rings.stop();
  rings.ring(2);
  ends[0]!();

  await stopped;

  expect(tenants).toEqual([1]);
});
