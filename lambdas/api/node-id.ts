import { idPattern } from '../../domain/config/ids';

export const NODE_ID = idPattern('smi');

/** Text that cannot be a node's id must not reach the table. */
export function isNodeId(text: string): boolean {
  return NODE_ID.test(text);
}
