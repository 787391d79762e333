const DATE = /^\d{4}-\d\d-\d\d$/;
const TIME = /^T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-5]):[0-5]\d)$/;

/** `2026-01-27`. The date must exist: JavaScript takes 30 February for 1 or 2 March. */
export function isDate(text: string): boolean {
  const midnight = new Date(`${text}T00:00:00Z`);
  return DATE.test(text) && midnight.getUTCDate() === Number(text.slice(8)) && Number(text.slice(0, 4)) > 0;
}

/** RFC 3339, with an offset that PostgreSQL reads: `2026-01-27T10:00:00.5+05:30`. */
export const isInstant = (text: string): boolean => isDate(text.slice(0, 10)) && TIME.test(text.slice(10));
