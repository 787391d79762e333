import { isHighEntropy } from './entropy';

/** What kind of secret a text is, and how it is found in a line. */
export interface SecretPattern {
  readonly kind: string;
  /** Global; the group `secret` is the secret itself. */
  readonly expression: RegExp;
  /** Whether a match is one, where its form alone does not decide. */
  readonly accept?: (secret: string) => boolean;
}

const NAME =
  '[\\w.-]{0,40}(?:secret|passw(?:or)?d|token|api_?-?key|access_?-?key|private_?-?key|credential)[\\w-]{0,20}';

/** A value that a program computes or a template inserts: `${NAME}`, `<password>`, `***`. */
const isPlaceholder = (text: string): boolean =>
  /[${}<>*%]|^x+$|^(?:example|password|secret|changeme|user|pass|pw|test)$/i.test(text);

export const SECRET_PATTERNS: readonly SecretPattern[] = [
  {
    kind: 'private key',
    expression: /(?<secret>-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----)/g,
  },
  { kind: 'AWS access key', expression: /(?<![A-Za-z0-9])(?<secret>(?:AKIA|ASIA)[A-Z2-7]{16})(?![A-Za-z0-9])/g },
  { kind: 'GitHub token', expression: /\b(?<secret>gh[opsur]_[A-Za-z0-9]{36,255}|github_pat_\w{60,255})\b/g },
  { kind: 'GitLab token', expression: /\b(?<secret>glpat-[\w-]{20,})/g },
  { kind: 'Slack token', expression: /\b(?<secret>xox[abeoprs]-(?:\d+-)+[A-Za-z0-9-]{10,})/g },
  {
    kind: 'Slack webhook',
    expression: /(?<secret>https:\/\/hooks\.slack\.com\/services\/T\w{6,}\/B\w{6,}\/\w{16,})/g,
  },
  { kind: 'npm token', expression: /\b(?<secret>npm_[A-Za-z0-9]{36})\b/g },
  { kind: 'Google API key', expression: /\b(?<secret>AIza[\w-]{35})(?![\w-])/g },
  { kind: 'Stripe key', expression: /\b(?<secret>[rs]k_live_[A-Za-z0-9]{20,})\b/g },
  {
    kind: 'JSON web token',
    expression: /\b(?<secret>eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{16,})/g,
  },
  {
    kind: 'password in a URL',
    expression: /\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@"'`]{0,100}:(?<secret>[^\s:/@"'`]{3,100})@[\w.[-]/gi,
    accept: (secret) => !isPlaceholder(secret),
  },
  {
    kind: 'value of a secret name',
    expression: new RegExp(
      `\\b${NAME}["']?\\s*(?:=>?|:)\\s*["'\`]?(?<secret>[A-Za-z0-9+/_=-]{20,})(?![\\w.(\\[])`,
      'gi',
    ),
    accept: (secret) => !isPlaceholder(secret) && isHighEntropy(secret),
  },
];
