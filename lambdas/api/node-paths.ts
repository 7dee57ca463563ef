/** The paths of nodes, and the `kind` of the responses. */
export const NODES_PATH = '/aws/ec2/managedInstance';
export const NODE_PATH = `${NODES_PATH}/{id}`;
export const NODE_KIND = 'spotinst:aws:ec2:managedInstance';
