/** The route of volumes that a node's instances left behind. */
import * as z from 'zod';
import { id } from '../../domain/config/ids';
import { NODE_KIND, NODE_PATH } from './node-paths';
import { route, type Route } from './route';

export const volumeRoutes: readonly Route[] = [
  route({
    method: 'DELETE',
    path: `${NODE_PATH}/volume/{volumeId}`,
    operationId: 'deleteNodeVolume',
    summary: 'Delete a volume that an instance of the node left behind',
    description:
      'Instances leave behind the volumes whose mapping says `deleteOnTermination: false`. A volume that is in use or ' +
      "is not the node's is refused. The data on the volume is lost.",
    parameters: z.strictObject({
      volumeId: id('vol').describe("The volume's id."),
    }),
    answer: { kind: NODE_KIND },
    run: async ({ service, nodeId, parameters: { volumeId } }) => {
      await service.deleteVolume(nodeId, volumeId);
      return { items: [] };
    },
  }),
];
