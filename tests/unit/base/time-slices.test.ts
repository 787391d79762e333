import { TimeSlices } from '../../../platform/base/async/time-slices';

/** Whether a turn was given at each of these instants, ms after the first slice began. */
async function turnsAt(instants: readonly number[]): Promise<boolean[]> {
  const now = jest.spyOn(performance, 'now').mockReturnValue(1_000);
  const slices = new TimeSlices();
  const given: boolean[] = [];
  for (const instant of instants) {
    now.mockReturnValue(1_000 + instant);
    let hasTurn = false;
    const turn = new Promise<void>((resolve) => setImmediate(() => resolve(void (hasTurn = true))));
    await slices.giveTurn();
    given.push(hasTurn);
    await turn;
  }
  return given;
}

afterEach(() => jest.restoreAllMocks());

test('gives a turn once a slice of 20 ms is over, and begins another one', async () => {
  expect(await turnsAt([0, 19, 20, 39, 40, 100, 119])).toEqual([false, false, true, false, true, true, false]);
});
