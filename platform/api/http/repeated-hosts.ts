import type { Api } from './context';
import { sendPlainText } from './error-handler';

/**
 * 400 for more than one `Host` header (RFC 9112, 3.2): a proxy in front may have used another one
 * than this server would.
 */
export function rejectRepeatedHosts(api: Api): void {
  api.addHook('onRequest', (request, reply, done) => {
    if (countHosts(request.raw.rawHeaders) > 1)
      void sendPlainText(reply, 400, 'the request has more than one Host header');
    else done();
  });
}

/** `rawHeaders`: names and values in turn. */
const countHosts = (rawHeaders: readonly string[]): number =>
  rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === 'host').length;
