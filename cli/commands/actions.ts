/** Pause, resume and recycle: three requests of one form. */
import * as z from 'zod';
import { answerOf, type NodeStatus } from '../api/client';
import { nodeOperand } from '../command-line/arguments';
import { command, type Command } from '../command-line/command';
import { nodeIdOf } from '../nodes/find-node';
import { readStatus, statusResult } from '../nodes/node-status';
import { waitFaults, waitForStatus, waitOptions } from '../nodes/waiting';

interface Action {
  readonly name: 'pause' | 'resume' | 'recycle';
  readonly summary: string;
  readonly description: string;
  /** The status that the action leads to. */
  readonly wanted: NodeStatus['status'];
}

const ACTIONS: readonly Action[] = [
  {
    name: 'pause',
    summary: 'Pause a node: terminate its instance, keep its addresses',
    description: 'The interface, the private IP, the MAC address and the Elastic IP are kept. A repeat is harmless.',
    wanted: 'PAUSED',
  },
  {
    name: 'resume',
    summary: 'Resume a node: launch an instance with the kept addresses',
    description: 'The interface, the private IP, the MAC address and the Elastic IP are kept. A repeat is harmless.',
    wanted: 'ACTIVE',
  },
  {
    name: 'recycle',
    summary: 'Recycle a node: replace its instance, keep its addresses',
    description: 'The new instance has the present settings. A paused node is resumed.',
    wanted: 'ACTIVE',
  },
];

export const actions: readonly Command[] = ACTIONS.map(({ name, summary, description, wanted }) =>
  command({
    path: name,
    summary,
    description: `${description} If an operation is under way, the action is carried out after it.`,
    operands: z.object({ node: nodeOperand() }),
    options: z.object(waitOptions),
    check: waitFaults,
    run: async (context, { node, wait, timeout: timeoutMs }) => {
      const api = await context.api();
      const id = await nodeIdOf(api, node);
      const request = { params: { path: { id } } };
      const { at: since } = await answerOf(api.client.PUT(`/aws/ec2/managedInstance/{id}/${name}`, request));
      if (wait !== true) return statusResult(await readStatus(api, id));
      return statusResult(await waitForStatus(context, api, id, { wanted, since, timeoutMs }));
    },
  }),
);
