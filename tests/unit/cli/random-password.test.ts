import { randomPassword } from '../../../cli/administrator/random-password';

test('passwords of 26 characters use all of the 32, which is 130 bits', () => {
  const passwords = Array.from({ length: 200 }, randomPassword);

  expect(new Set(passwords).size).toBe(200);
  expect(passwords.filter((password) => !/^[a-z2-9]{26}$/.test(password))).toEqual([]);
  expect(new Set(passwords.join('')).size).toBe(32);
});
