/** A request as a command for a shell, with the variables of docs/api.md. */
import type { JsonObject } from '../edit/document';

const NODES = '$HOLDFAST/aws/ec2/managedInstance';

/** Creates a node with the document. */
export const creationAsCurl = (document: JsonObject): string => asCurl('POST', NODES, document);

/** Updates the node. */
export const updateAsCurl = (id: string, patch: JsonObject): string => asCurl('PUT', `${NODES}/${id}`, patch);

function asCurl(method: string, url: string, managedInstance: JsonObject): string {
  // The shell takes everything between two single quotes as it is, but has no way to write one there.
  const body = JSON.stringify({ managedInstance }, null, 2).replaceAll("'", String.raw`'\''`);
  return [
    `curl -sS -X ${method} "${url}" \\`,
    `  -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\`,
    `  -d '${body}'`,
    '',
  ].join('\n');
}
