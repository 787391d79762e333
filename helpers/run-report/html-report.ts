import type { PageProgram } from '../../bin/bundle-page';
import { pageRun } from './page-run';
import type { RunModel } from './run-model';

/** What the page runs first. */
export const REPORT_PAGE = 'web/report/main.tsx';

/**
 * The report of a run as one HTML file, which loads nothing else. Texts of the run are data: the
 * page shows them as text.
 */
export const htmlReport = (run: RunModel, { script, style }: PageProgram): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>Tuningfork run ${run.run.replace(/[^\w-]/g, '')}</title>
<style>${style}</style>
</head>
<body>
<div id="page"></div>
<script id="run" type="application/json">${pageData(run)}</script>
<script>${script.replaceAll('</script', '<\\/script')}</script>
</body>
</html>
`;

/** What the page reads, as JSON that cannot end the element that it is in. */
export const pageData = (run: RunModel): string => JSON.stringify(pageRun(run)).replaceAll('<', '\\u003c');
