/** What every tab of a node's page is given. */
import type { NodeDetails } from '../../api/node-types';

export interface NodeTabProps {
  readonly node: NodeDetails;
}

export const isMoving = ({ operation }: NodeDetails): boolean => operation !== null;
