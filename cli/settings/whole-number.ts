import { InvalidArgumentError } from 'commander';

/** A reader of an option with a number of this range. It throws InvalidArgumentError. */
export const wholeNumber =
  (max: number, min = 0) =>
  (text: string): number => {
    if (/^\d{1,9}$/.test(text) && Number(text) <= max && Number(text) >= min) return Number(text);
    throw new InvalidArgumentError(`Use a whole number from ${min} to ${max}.`);
  };
