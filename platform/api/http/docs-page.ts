import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';

/** The styles of the platform's pages. */
const pageStyle = `<style>
  body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1c2733; }
  h2 { margin: 2rem 0 .5rem; text-transform: capitalize; }
  summary { cursor: pointer; padding: .25rem 0; font-family: ui-monospace, monospace; }
  summary b { display: inline-block; width: 4.5rem; }
  pre { background: #f3f5f7; padding: .75rem; overflow: auto; border-radius: 4px; }
  @media (prefers-color-scheme: dark) {
    body { background: #14191f; color: #dbe2ea; }
    a { color: #8ab8f0; }
    pre { background: #1e262f; }
  }
</style>`;

/**
 * Shows the OpenAPI document. All content is set as text, and nothing is loaded from elsewhere.
 */
export const docsPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tuningfork API</title>
${pageStyle}
<h1>Tuningfork API</h1>
<p>From <a href="/api-spec/openapi.json">/api-spec/openapi.json</a>.</p>
<main id="operations"></main>
<script type="module">
  const spec = await (await fetch('/api-spec/openapi.json')).json();
  const main = document.getElementById('operations');
  const add = (parent, name, text) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    parent.append(element);
    return element;
  };
  const sections = new Map();
  for (const [path, methods] of Object.entries(spec.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags?.[0] ?? 'other';
      if (!sections.has(tag)) {
        const section = add(main, 'section');
        add(section, 'h2', tag);
        sections.set(tag, section);
      }
      const details = add(sections.get(tag), 'details');
      const summary = add(details, 'summary');
      add(summary, 'b', method.toUpperCase());
      summary.append(path);
      if (operation.summary) add(details, 'p', operation.summary);
      add(details, 'pre', JSON.stringify(operation, null, 2));
    }
  }
</script>
</html>
`;

const inlineElement = (name: string): RegExp => new RegExp(`<${name}(?: [^>]*)?>(.*?)</${name}>`, 'gs');

/** `'none'`, or the digests of what the page has in elements of this name. */
function inlineSources(page: string, name: 'script' | 'style'): string {
  const digests = [...page.matchAll(inlineElement(name))].map(
    ([, text]) => `'sha256-${createHash('sha256').update(text!).digest('base64')}'`,
  );
  return digests.join(' ') || "'none'";
}

/** A page runs only its own script, reads only this server, and is shown in no frame. */
const policyOf = (page: string): string =>
  [
    "default-src 'none'",
    `script-src ${inlineSources(page, 'script')}`,
    `style-src ${inlineSources(page, 'style')}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** Returns what sends the page, with the headers that protect it. */
export function pageSender(page: string): (reply: FastifyReply) => FastifyReply {
  const policy = policyOf(page);
  return (reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', policy)
      .header('x-content-type-options', 'nosniff')
      .serializer(String)
      .send(page);
}
