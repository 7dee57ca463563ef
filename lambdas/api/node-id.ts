import { createHash } from 'node:crypto';
import { idPattern } from '../../domain/config/ids';

export const NODE_ID = idPattern('smi');

/** Text that cannot be a node's id must not reach the table. */
export function isNodeId(text: string): boolean {
  return NODE_ID.test(text);
}

/** The id of the node that a request makes, however often it is repeated. @param key the same for every repeat */
export function nodeIdFor(key: string): string {
  return `smi-${createHash('sha256').update(key).digest('hex').slice(0, 8)}`;
}
