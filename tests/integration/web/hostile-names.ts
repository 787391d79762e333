/** Texts that a page must show as they are. */
export const HOSTILE_TEXTS: readonly string[] = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(2)>',
  "'-alert(3)-'",
  '{{ 7 * 7 }}${7 * 7}',
  'javascript:alert(4)',
  '</textarea><svg onload=alert(5)>',
  '\u202Egnp.exe\u202C right to left',
  'e\u0301'.repeat(40),
  'a'.repeat(200),
  '%3Cb%3E%00',
];
