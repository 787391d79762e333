/** The forms of a report, and who reads them. */
export const REPORT_FORMATS = {
  markdown: 'counts, failed claims and their evidence, for a pull request',
  html: 'one page that loads nothing',
  junit: 'JUnit XML, with every attempt: Jenkins, GitLab, and most others',
  ctrf: 'the Common Test Report Format, JSON',
  github: 'workflow commands of GitHub Actions: an error at the line of each failed claim',
  otlp: 'traces of the OpenTelemetry protocol, JSON: test, requests, executions, attempts',
  chrome: 'the Trace Event Format, JSON: Perfetto, chrome://tracing',
} as const;

export type ReportFormat = keyof typeof REPORT_FORMATS;
