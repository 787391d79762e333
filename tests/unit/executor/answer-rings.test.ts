import { pino } from 'pino';
import { answerRings } from '../../../platform/executor/answer-rings';

const LOG = pino({ enabled: false });

/** Answers that end when they are told to, and the rings they were for. */
const byHand = () => {
  const rung: string[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const answer = (carried: string) =>
    new Promise<void>((resolve, reject) => {
      rung.push(carried);
      ends.push((error) => (error ? reject(error) : resolve()));
    });
  return { rung, ends, rings: answerRings(answer, 2, LOG) };
};

test('all that ring during an answer get one more together', async () => {
  const { rung, ends, rings } = byHand();
  rings.ring('1');
  rings.ring('1');
  rings.ring('1');
  ends[0]!();
  await new Promise(setImmediate);
  ends[1]!();

  await rings.stop();

  expect(rung).toEqual(['1', '1']);
});

test('a tenant does not wait for another', async () => {
  const { rung, ends, rings } = byHand();
  rings.ring('1');
  rings.ring('2');
  ends.forEach((end) => end());

  await rings.stop();

  expect(rung).toEqual(['1', '2']);
});

test('no more than so many are answered at once, and the others in their order', async () => {
  const { rung, ends, rings } = byHand();
  for (const carried of ['1', '2', '3', '4']) rings.ring(carried);
  const atOnce = [...rung];
  ends[1]!();
  await new Promise(setImmediate);
  ends[0]!();
  await new Promise(setImmediate);
  ends.slice(2).forEach((end) => end());

  await rings.stop();

  expect([atOnce, rung]).toEqual([
    ['1', '2'],
    ['1', '2', '3', '4'],
  ]);
});

test('a ring after an answer that failed is answered', async () => {
  const { rung, ends, rings } = byHand();
  rings.ring('1');
  ends[0]!(new Error('the database was lost'));
  await new Promise(setImmediate);
  rings.ring('1');
  ends[1]!();

  await rings.stop();

  expect(rung).toEqual(['1', '1']);
});

test('once stopped it ends what is at hand and hears nothing more', async () => {
  const { rung, ends, rings } = byHand();
  rings.ring('1');
  const stopped = rings.stop();
  rings.ring('2');
  ends[0]!();

  await stopped;

  expect(rung).toEqual(['1']);
});
