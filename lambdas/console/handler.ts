/** The function that serves the console. The built files lie beside its code. */
import { join } from 'node:path';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { consoleFiles, type ServeFile } from './console-files';

let serveFile: ServeFile | undefined;

export const handler = async ({
  rawPath,
  headers,
  requestContext,
}: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
  serveFile ??= consoleFiles(join(__dirname, 'console'));
  const { status, body, ...response } = serveFile({ method: requestContext.http.method, path: rawPath, headers });
  return { statusCode: status, headers: response.headers, body: body.toString('base64'), isBase64Encoded: true };
};
