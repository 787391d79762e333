import type { AdvanceClock } from '../../../../contract/clock';
import type { Client } from '../../../../helpers/client/client';
import { virtualTime } from '../../../../helpers/scenario/time/virtual-time';

const START = '2026-01-27T10:00:00.000000Z';

/** A clock that only notes its moves; `onMove` is what happens by each. */
function openClock(onMove: (move: AdvanceClock) => void = () => {}) {
  const moves: AdvanceClock[] = [];
  const seen: string[] = [];
  const advance = (move: AdvanceClock) => {
    moves.push(move);
    onMove(move);
    return Promise.resolve({ now: `after ${moves.length}`, steps: 0, fired: [] });
  };
  const clock = { get: () => Promise.resolve({ now: START }), advance } as unknown as Client['clock'];
  const time = virtualTime(clock, (now) => Promise.resolve(void seen.push(now)));
  return { time, moves, seen };
}

test('time passes by moves of the clock, after which the token is checked', async () => {
  const { time, moves, seen } = openClock();

  await time.pass(0.001);
  await time.pass(3, { settle: false });
  await time.passTo(START);

  expect(moves).toEqual([{ by: 0.001 }, { by: 3, settle: false }, { to: START }]);
  expect(seen).toEqual(['after 1', 'after 2', 'after 3']);
  expect(await time.now()).toBe(START);
});

test('nothing happens in a time if two looks return the same', async () => {
  const { time, moves } = openClock();
  const looks: number[] = [];

  await time.expectNothingFor(2.999, () => void looks.push(moves.length));

  expect(moves).toEqual([{ by: 0 }, { by: 2.999 }]);
  expect(looks).toEqual([1, 2]);
});

test('what was in flight when the time began is no change', async () => {
  let runs = 0;
  const { time } = openClock(({ by }) => void (runs += by === 0 ? 1 : 0));

  await time.expectNothingFor(3, () => runs);

  expect(runs).toBe(1);
});

test('a change in the time fails', async () => {
  let runs = 0;
  const { time } = openClock(({ by }) => void (runs += by === 3 ? 1 : 0));

  await expect(time.expectNothingFor(3, () => runs)).rejects.toThrow('toEqual');
});

test.each([[[3, 6.000001]], [[3, 5.999999]], [[3]], [[3, 6, 12]]])('%j are not 3 and 6 seconds', (measured) => {
  const { time } = openClock();

  time.expectSeconds([3, 6], [3, 6]);
  expect(() => time.expectSeconds(measured, [3, 6])).toThrow('toEqual');
});
