/** The web console of the local server, at /console. The root leads there. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CONSOLE_PREFIX, consoleFiles } from '../../lambdas/console/console-files';

/** Where the page learns that the account is simulated. */
const DEPLOYMENT_PATH = `${CONSOLE_PREFIX}/deployment.json`;
const DEPLOYMENT = JSON.stringify({ isSimulated: true, isSigned: false });

/** Responds if the request is for the console. Returns whether it was. */
export type ServeConsole = (request: IncomingMessage, response: ServerResponse) => boolean;

/** @param folder the built files. @default - there is no console */
export function serveConsole(folder: string | undefined): ServeConsole {
  if (folder === undefined) return () => false;
  const serveFile = consoleFiles(folder);
  return ({ method = 'GET', url = '/', headers }, response) => {
    const [path = '/'] = url.split('?');
    if (path === '/') {
      response.writeHead(302, { location: `${CONSOLE_PREFIX}/` }).end();
      return true;
    }
    if (path === DEPLOYMENT_PATH) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(DEPLOYMENT);
      return true;
    }
    if (path !== CONSOLE_PREFIX && !path.startsWith(`${CONSOLE_PREFIX}/`)) return false;
    const file = serveFile({ method, path, headers: headers as Readonly<Record<string, string | undefined>> });
    response.writeHead(file.status, file.headers).end(file.body);
    return true;
  };
}
