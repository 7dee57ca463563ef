/** Where nodes are, and what answers about them are called. */
export const NODES_PATH = '/aws/ec2/managedInstance';
export const NODE_PATH = `${NODES_PATH}/{id}`;
export const NODE_KIND = 'spotinst:aws:ec2:managedInstance';
