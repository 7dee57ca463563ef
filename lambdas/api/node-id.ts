export const NODE_ID = /^smi-[0-9a-f]{8}$/;

/** Anything else is the id of no node, and must not reach the table. */
export function isNodeId(text: string): boolean {
  return NODE_ID.test(text);
}
