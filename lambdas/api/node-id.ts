export const NODE_ID = /^smi-[0-9a-f]{8}$/;

/** Text that cannot be a node's id must not reach the table. */
export function isNodeId(text: string): boolean {
  return NODE_ID.test(text);
}
